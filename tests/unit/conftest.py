"""Fixtures of the unit tests: no socket is opened."""

from collections.abc import Iterator

import pytest

from paycore import aws, crypto, settings

RINGS = {
    "identity-keys": {"current": "k2", "k1": "a" * 64, "k2": "b" * 64},
    "notices-keys": {"current": "k1", "k1": "c" * 64},
}


@pytest.fixture
def key_rings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The user service's key rings, as Secrets Manager would give them."""
    monkeypatch.setenv("IDENTITY_KEYS_SECRET", "identity-keys")
    monkeypatch.setenv("NOTICES_KEYS_SECRET", "notices-keys")
    monkeypatch.setattr(aws, "secret", RINGS.__getitem__)
    caches = (crypto.key_ring, settings.read)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()
