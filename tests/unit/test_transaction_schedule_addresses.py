"""Addresses of schedules under a ring that rotates: read, renewed, and missing once their key is gone."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from functions.transaction.schedules import render, renew_addresses, store
from paycore.crypto import KeyRing

ID, ADDRESS = "sch_1", "anna@example.com"
KEYS = {"k1": "a" * 64, "k2": "b" * 64}


def _ring(monkeypatch: pytest.MonkeyPatch, current: str, *key_ids: str) -> None:
    ring = KeyRing({"current": current, **{key_id: KEYS[key_id] for key_id in key_ids}})
    for module in (render, renew_addresses):
        monkeypatch.setattr(module, "address_ring", lambda: ring)


def _row(sealed: str | None) -> Any:
    return SimpleNamespace(id=ID, transfer={"amount": 1}, sealed_email=sealed)


@pytest.fixture
def row(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A schedule of before the rotation."""
    _ring(monkeypatch, "k1", "k1")
    return _row(render.sealed_email(ID, ADDRESS))


class TestAddress:
    def test_is_read_and_renewed_under_a_new_key(self, row: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        assert render.renewed_email(row) is None
        _ring(monkeypatch, "k2", "k1", "k2")
        assert render.transfer_of(row) == {"amount": 1, "target_email": ADDRESS}
        renewed = render.renewed_email(row)
        assert renewed is not None
        _ring(monkeypatch, "k2", "k2")
        assert render.transfer_of(_row(renewed))["target_email"] == ADDRESS

    def test_is_missing_once_its_key_is_gone(self, row: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        _ring(monkeypatch, "k2", "k2")
        assert render.transfer_of(row) == {"amount": 1, "target_email": None}
        assert render.renewed_email(row) is None

    def test_of_nobody_is_none(self, row: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG002  # sets the ring
        assert render.transfer_of(_row(None)) == {"amount": 1}
        assert render.renewed_email(_row(None)) is None


class TestJob:
    def test_counts_what_it_sealed_anew_and_nothing_that_it_cannot_open(
        self, row: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        damaged = SimpleNamespace(id="sch_2", transfer=row.transfer, sealed_email=row.sealed_email)  # it is of sch_1
        kept: dict[str, str] = {}
        monkeypatch.setattr(renew_addresses, "transaction", nullcontext)
        monkeypatch.setattr(store, "sealed_by", lambda *_: [damaged, row])
        monkeypatch.setattr(store, "seal_anew", lambda _, schedule_id, sealed: kept.update({schedule_id: sealed}))
        _ring(monkeypatch, "k2", "k1", "k2")
        assert renew_addresses.renew_addresses() == 1
        assert [(schedule_id, sealed.partition(".")[0]) for schedule_id, sealed in kept.items()] == [(ID, "k2")]
