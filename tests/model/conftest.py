"""Both ledgers for the examples."""

from collections.abc import Iterator

import pytest

from local.configuration import Configuration
from tests.model.drawing import PLAIN, Drawn
from tests.model.real import Real, fresh_ledger
from tests.model.scene import WALLETS, Scene


@pytest.fixture(scope="module")
def real(platform: Configuration) -> Iterator[Real]:
    with fresh_ledger(platform) as made:
        yield made


@pytest.fixture
def scene(real: Real) -> Scene:
    """Both ledgers; each wallet has 300, and `ben_wide` has three stripes."""
    made = Scene(real)
    for name, (_, currency) in WALLETS.items():
        made.post(Drawn(made).funds(name, 300, currency, PLAIN, added=True))
    return made
