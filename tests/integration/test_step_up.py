"""What moves more than an admin allows without it needs the second factor, in whichever way it moves. In PLN only."""

import secrets
from collections.abc import Iterator

import pytest

from local.configuration import Configuration
from tests.integration.desk import Desk
from tests.integration.factor import Guard, Phone, enrolled, step_up
from tests.integration.leaving import let_sign_in_age
from tests.integration.money import fund, open_wallet, post, posted, refusal
from tests.integration.moving import WAYS, Sender, spend
from tests.integration.paying import Backstage
from tests.integration.people import Town
from tests.integration.scheduling import Clockwork, at

STEP_UP = (403, "step_up_required")
ABOVE = 500


def _set(guard: Guard, currency: str, above: int) -> None:
    answer = guard.request("PUT", f"/v1/admin/step-up-limits/{currency}", {"above": above, "reason": "test"})
    assert answer.status == 200, answer.raw


@pytest.fixture(scope="module")
def _limit(guard: Guard, backstage: Backstage) -> Iterator[None]:
    _set(guard, "PLN", ABOVE)
    yield
    backstage.sql("DELETE FROM ledger.step_up_limit WHERE currency = 'PLN'")


@pytest.fixture(scope="module")
def careful(town: Town, guard: Guard, desk: Desk, _limit: None) -> Sender:
    person, payee = town.person(), town.person("PLN")
    phone, _ = enrolled(person)
    person.wallet_id = open_wallet(person, "PLN")
    admin = guard.shown()
    fund(admin, person.wallet_id, 1_000_000, "PLN")
    rate = {"source_currency": "PLN", "target_currency": "HUF", "rate": "95", "reason": "test"}
    assert post(admin, "/v1/exchange-rates", rate).status == 201
    return Sender(person, phone, desk, str(person.client.token), payee.wallet_id, payee.email, guard)


@pytest.fixture
def sender(careful: Sender) -> Sender:
    careful.be_plain()
    return careful


class TestMoney:
    @pytest.mark.parametrize("way", WAYS)
    def test_above_the_limit_needs_the_factor(self, sender: Sender, way: str) -> None:
        ask, key = WAYS[way](sender, ABOVE + 1), secrets.token_hex(8)
        before = posted(sender.person)
        refused = sender.send(ask, key)
        assert refusal(refused) == STEP_UP, refused.raw
        assert refused.body["max_age"] == 300
        assert "x-amzn-remapped-www-authenticate" in refused.headers
        assert posted(sender.person) == before
        sender.step_up()
        done = sender.send(ask, key)
        assert done.status in (200, 201), done.raw
        sender.be_plain()
        again = sender.send(ask, key)
        assert (again.status, again.raw) == (done.status, done.raw)
        assert again.headers["idempotency-replayed"] == "true"

    @pytest.mark.parametrize("way", WAYS)
    def test_up_to_the_limit_goes_without(self, sender: Sender, way: str) -> None:
        done = sender.send(WAYS[way](sender, ABOVE), secrets.token_hex(8))
        assert done.status in (200, 201), done.raw

    @pytest.mark.parametrize("way", ["transfer", "hold", "atomic bulk", "independent bulk", "conversion", "split"])
    def test_is_rehearsed_with_the_same_answer(self, sender: Sender, way: str) -> None:
        path, body = WAYS[way](sender, ABOVE + 1)
        assert refusal(post(sender.person, f"{path}?dry_run=true", body)) == STEP_UP

    def test_of_a_refused_kind_leaves_nothing(self, sender: Sender) -> None:
        ask = "/v1/transactions/transfer", {**spend(sender, ABOVE + 1), "external_id": secrets.token_hex(8)}
        assert refusal(sender.send(ask, "a")) == STEP_UP
        count = "SELECT count(*) FROM ledger.transaction WHERE external_id = :id"
        assert sender.desk.rows(count, id=ask[1]["external_id"]) == [[0]]
        sender.step_up()
        assert sender.send(ask, secrets.token_hex(8)).status == 201  # the external id is free, too

    def test_of_another_currency_is_not_added(self, sender: Sender) -> None:
        forints = sender.wallet(1000, "HUF")
        other = {"source_wallet_id": forints, "target_wallet_id": sender.wallet(currency="HUF"), "currency": "HUF"}
        items = [spend(sender, ABOVE), {**other, "amount": ABOVE}]
        ask = "/v1/transactions/bulk", {"mode": "atomic", "items": items}
        assert sender.send(ask, secrets.token_hex(8)).status == 201

    def test_without_a_factor_is_refused_with_the_way_to_one(self, sender: Sender, town: Town) -> None:
        person = town.person("PLN")
        fund(sender.guard.shown(), person.wallet_id, 1000, "PLN")
        body = {**spend(sender, ABOVE + 1), "source_wallet_id": person.wallet_id}
        refused = post(person, "/v1/transactions/transfer", body)
        assert refusal(refused) == STEP_UP
        assert "/v1/auth/mfa/enroll" in refused.body["detail"]

    def test_of_an_admin_needs_it_too(self, sender: Sender, town: Town, desk: Desk) -> None:
        admin = town.admin()
        own = open_wallet(admin, "PLN", name=secrets.token_hex(4))
        fund(admin, own, 1000, "PLN")
        let_sign_in_age(admin, desk)
        refused = post(admin, "/v1/transactions/transfer", {**spend(sender, ABOVE + 1), "source_wallet_id": own})
        assert refusal(refused) == STEP_UP

    @pytest.mark.parametrize("how", ["add", "deduct"])
    def test_added_or_deducted_needs_it_too(self, sender: Sender, town: Town, desk: Desk, how: str) -> None:
        admin, path = town.admin(), f"/v1/wallets/{sender.wallet(3 * ABOVE)}/funds/{how}"
        phone = Phone(admin.totp_seed)
        let_sign_in_age(admin, desk)
        body = {"amount": ABOVE + 1, "currency": "PLN", "reason": "x"}
        key = secrets.token_hex(8)
        assert refusal(post(admin, path, body, key)) == STEP_UP
        assert refusal(post(admin, f"{path}?dry_run=true", body)) == STEP_UP
        assert post(admin, path, {**body, "amount": ABOVE}).status == 201
        step_up(admin, phone, desk)
        done = post(admin, path, body, key)
        assert done.status == 201, done.raw
        let_sign_in_age(admin, desk)
        assert post(admin, path, body, key).raw == done.raw

    def test_has_a_limit_where_no_admin_set_one(self, sender: Sender) -> None:
        source = sender.wallet(1_000_001, "HUF")
        body = {"source_wallet_id": source, "target_wallet_id": sender.wallet(currency="HUF"), "currency": "HUF"}
        path = "/v1/transactions/transfer?dry_run=true"
        assert refusal(post(sender.person, path, {**body, "amount": 1_000_001})) == STEP_UP
        assert post(sender.person, path, {**body, "amount": 1_000_000}).status == 200

    def test_scheduled_before_the_limit_fell_still_moves(
        self, sender: Sender, guard: Guard, platform: Configuration, backstage: Backstage
    ) -> None:
        _set(guard, "HUF", 1000)
        source, target = sender.wallet(1000, "HUF"), sender.wallet(currency="HUF")
        body = {"source_wallet_id": source, "target_wallet_id": target, "currency": "HUF", "amount": 1000}
        made = post(sender.person, "/v1/schedules", {**body, "execute_at": at(3600)})
        assert made.status == 201, made.raw
        _set(guard, "HUF", 0)
        clockwork = Clockwork(platform, backstage)
        clockwork.past(made.body["id"])
        clockwork.run()
        backstage.sql("DELETE FROM ledger.step_up_limit WHERE currency = 'HUF'")
        assert posted(sender.person, target) == 1000
