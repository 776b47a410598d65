"""Back-pressure: two signs of trouble stop money, and a probe is believed for two seconds."""

import pytest

from paycore.errors import Overloaded
from paycore.ledger import pressure
from paycore.ledger.pressure import Pressure, refuse_if_overloaded
from paycore.outbox import Probe


class Clock:
    """A clock that stands still until it is told."""

    now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(pressure, "time", made)
    monkeypatch.setattr(pressure, "_pressure", Pressure())
    return made


class TestRefuseIfOverloaded:
    @pytest.mark.parametrize(
        ("probe", "overloaded"),
        [(Probe(60, 0.5), False), (Probe(60.1, 0), True), (Probe(0, 0.51), True)],
        ids=["just well", "an old event", "a slow pooler"],
    )
    @pytest.mark.usefixtures("clock")
    def test_refuses_what_comes_on_top(self, monkeypatch: pytest.MonkeyPatch, probe: Probe, overloaded: bool) -> None:
        monkeypatch.setattr(pressure, "probe", lambda: probe)
        if overloaded:
            with pytest.raises(Overloaded) as refusal:
                refuse_if_overloaded()
            assert refusal.value.retry_after_s == 5
        else:
            refuse_if_overloaded()

    @pytest.mark.usefixtures("clock")
    def test_one_slow_answer_is_no_queue(self, monkeypatch: pytest.MonkeyPatch) -> None:
        probes = [Probe(0, 0.6), Probe(0, 0.01)]
        monkeypatch.setattr(pressure, "probe", lambda: probes.pop(0))
        refuse_if_overloaded()
        assert probes == []

    def test_asks_every_two_seconds(self, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
        probes = [Probe(61, 0), Probe(0, 0)]
        monkeypatch.setattr(pressure, "probe", lambda: probes.pop(0))
        with pytest.raises(Overloaded):
            refuse_if_overloaded()
        clock.now += 2
        with pytest.raises(Overloaded):
            refuse_if_overloaded()
        assert len(probes) == 1
        clock.now += 0.1
        refuse_if_overloaded()
        assert probes == []
