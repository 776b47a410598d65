"""The stage's throttle and the firewall's rate rule, on a clock of the test's own."""

from typing import Any

import pytest

from local.gateway import limits
from local.gateway.limits import AddressRate, Throttle, TokenBucket, firewall_of
from local.gateway.routes import UnsupportedApi
from tests.local_system import rate_rule, small_template


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(limits, "time", clock)
    return clock


class TestTokenBucket:
    def test_lets_a_burst_through_and_then_the_rate(self, clock: Clock) -> None:
        bucket = TokenBucket(rate=2, burst=3)
        assert [bucket.take() for _ in range(4)] == [True, True, True, False]
        clock.now += 0.5
        assert [bucket.take() for _ in range(2)] == [True, False]

    def test_saves_no_more_than_the_burst(self, clock: Clock) -> None:
        bucket = TokenBucket(rate=2, burst=3)
        clock.now += 3600
        assert [bucket.take() for _ in range(4)] == [True, True, True, False]


class TestThrottle:
    def test_a_method_s_own_setting_counts_instead_of_the_stage_s(self) -> None:
        def setting(path: str, burst: int) -> dict[str, Any]:
            limit = {"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": burst}
            return {"ResourcePath": path, "HttpMethod": "*", **limit}

        throttle = Throttle([setting("/*", 1), setting("/~1v1~1wallets", 2)])
        assert [throttle.admits("/v1/wallets", "GET") for _ in range(3)] == [True, True, False]
        assert [throttle.admits("/v1/users", "GET") for _ in range(2)] == [True, False]

    def test_no_setting_is_no_limit(self) -> None:
        assert Throttle([{"ResourcePath": "/*", "HttpMethod": "*"}]).admits("/a", "GET")


class TestAddressRate:
    @pytest.mark.usefixtures("clock")
    def test_each_address_has_the_limit(self) -> None:
        rate = AddressRate(limit=2, window_seconds=60)
        assert [rate.admits("a") for _ in range(3)] == [True, True, False]
        assert rate.admits("b")

    def test_a_blocked_address_is_let_in_when_it_has_slowed_down(self, clock: Clock) -> None:
        rate = AddressRate(limit=2, window_seconds=60)
        for _ in range(3):
            rate.admits("a")
        clock.now += 30
        assert not rate.admits("a")
        clock.now += 35
        assert rate.admits("a")

    def test_silent_addresses_are_forgotten(self, clock: Clock) -> None:
        rate = AddressRate(limit=2, window_seconds=60)
        for number in range(100):
            rate.admits(str(number))
        clock.now += 3600
        rate.admits("a")
        assert len(rate._counts) == 1


def all_but(path_start: str) -> dict[str, Any]:
    match = {
        "FieldToMatch": {"UriPath": {}},
        "PositionalConstraint": "STARTS_WITH",
        "SearchString": path_start,
        "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
    }
    return {"NotStatement": {"Statement": {"ByteMatchStatement": match}}}


class TestFirewallOf:
    @pytest.mark.usefixtures("clock")
    def test_reads_limit_and_window(self) -> None:
        rate = firewall_of(small_template({"Acl": rate_rule(limit=10)}))
        assert rate
        assert [rate.admits("a", "/live/v1") for _ in range(11)] == [True] * 10 + [False]

    @pytest.mark.usefixtures("clock")
    def test_paths_that_the_rule_leaves_out_are_not_counted(self) -> None:
        rule = rate_rule(limit=1)
        rule["Properties"]["Rules"][0]["Statement"]["RateBasedStatement"]["ScopeDownStatement"] = all_but("/live/p/")
        firewall = firewall_of(small_template({"Acl": rule}))
        assert firewall
        assert [firewall.admits("a", "/live/p/x") for _ in range(3)] == [True] * 3
        assert [firewall.admits("a", "/live/v1/p/") for _ in range(2)] == [True, False]

    def test_refuses_another_scope(self) -> None:
        rule = rate_rule(limit=1)
        scope = all_but("/live/p/")["NotStatement"]["Statement"]
        rule["Properties"]["Rules"][0]["Statement"]["RateBasedStatement"]["ScopeDownStatement"] = scope
        with pytest.raises(UnsupportedApi):
            firewall_of(small_template({"Acl": rule}))

    def test_none_is_none(self) -> None:
        assert firewall_of(small_template({})) is None

    def test_refuses_another_key(self) -> None:
        rule = rate_rule(limit=10)
        rule["Properties"]["Rules"][0]["Statement"]["RateBasedStatement"]["AggregateKeyType"] = "CONSTANT"
        with pytest.raises(UnsupportedApi):
            firewall_of(small_template({"Acl": rule}))
