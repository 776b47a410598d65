"""Saved cards through the public door: what may be shown is kept, the number is nowhere."""

from functools import partial
from typing import Any

import pytest

from local.configuration import Configuration
from local.story import Person
from tests.integration.documents import written
from tests.integration.money import get
from tests.integration.patience import attended, until
from tests.integration.paying import APPROVE, Backstage, card, pay, save_card
from tests.integration.people import Town

METHODS = "/v1/payment-methods"


@pytest.fixture
def person(town: Town) -> Person:
    return town.person()


@pytest.fixture(scope="module")
def refused(town: Town) -> Person:
    """Somebody for whom nothing ever works out."""
    return town.person()


class TestSaveMethod:
    def test_shows_only_what_may_be_shown(self, person: Person) -> None:
        answer = attended(partial(person.client.request, "POST", METHODS, card()))
        assert answer.status == 201
        assert answer.body["card"] == {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2032}
        assert set(answer.body) == {"object", "id", "created_at", "type", "card"}

    def test_the_number_and_the_code_are_nowhere(
        self, person: Person, backstage: Backstage, platform: Configuration
    ) -> None:
        number = "5555555555554444"
        save_card(person, number)
        most = number[:12]  # fewer digits stand in some id or hash by chance
        for answer in (
            person.client.request("POST", METHODS, card(number[:-1] + "5")),
            person.client.request("POST", METHODS, {**card(number), "cardholder": number}),
            person.client.request("POST", METHODS, raw=b'{"type":"card","card":{"number":"' + number.encode()),
        ):
            assert answer.status in (400, 422)
            assert most.encode() not in answer.raw
        tables = backstage.sql(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
            "WHERE schemaname IN ('payment', 'processor', 'ledger', 'outbox')"
        )
        for (table,) in tables:
            kept = backstage.sql(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%{most}%'")  # noqa: S608
            assert kept == [[0]], table
        for log in (platform.home / "logs").iterdir():
            assert most.encode() not in log.read_bytes(), log.name

    def test_the_same_card_keeps_its_id_and_takes_the_new_date(self, person: Person) -> None:
        first = save_card(person)
        again = attended(partial(person.client.request, "POST", METHODS, card(APPROVE, exp_year=2033)))
        assert again.body["id"] == first
        assert again.body["card"]["exp_year"] == 2033
        assert len(person.client.request("GET", METHODS).body["data"]) == 1

    def test_two_people_with_one_card_have_nothing_in_common(self, person: Person, town: Town) -> None:
        assert save_card(person) != save_card(town.person())

    @pytest.mark.parametrize(
        ("changes", "param"),
        [
            ({"number": "4242424242424241"}, "/card/number"),
            ({"number": "424242424242"}, "/card/number"),
            ({"exp_year": 2020}, "/card/exp_year"),
            ({"exp_month": 13}, "/card/exp_month"),
            ({"cvc": "12"}, "/card/cvc"),
        ],
        ids=str,
    )
    def test_names_the_field_at_fault(self, changes: dict[str, object], param: str, refused: Person) -> None:
        answer = refused.client.request("POST", METHODS, card(APPROVE) | {"card": {**_plain(), **changes}})
        assert (answer.status, answer.body["code"]) == (422, "invalid_request")
        assert [fault["param"] for fault in answer.body["errors"]] == [param]


class TestRemoveMethod:
    def test_takes_it_from_the_list_and_from_new_payments(self, payer: Person) -> None:
        method = save_card(payer)
        assert payer.client.request("DELETE", f"{METHODS}/{method}").status == 204
        assert payer.client.request("GET", METHODS).body["data"] == []
        refused = pay(payer, method)
        assert (refused.status, refused.body["code"]) == (404, "payment_method_not_found")
        assert payer.client.request("DELETE", f"{METHODS}/{method}").status == 404

    @pytest.mark.parametrize("method", ["pm_nonsense", "pm_00000000000000000000000000", "wal_1"])
    def test_knows_no_other_ids(self, method: str, refused: Person) -> None:
        answer = refused.client.request("DELETE", f"{METHODS}/{method}")
        assert (answer.status, answer.body["code"]) == (404, "payment_method_not_found")

    def test_another_persons_is_absent(self, person: Person, town: Town) -> None:
        method = save_card(person)
        answer = town.person().client.request("DELETE", f"{METHODS}/{method}")
        assert (answer.status, answer.body["code"]) == (404, "payment_method_not_found")
        assert [item["id"] for item in person.client.request("GET", METHODS).body["data"]] == [method]


class TestRecord:
    def test_and_a_notice_follow_each_act(self, person: Person, records: Any) -> None:
        method = save_card(person)
        removed = person.client.request("DELETE", f"{METHODS}/{method}")
        found = {each["action"]: each for each in written(records, {"resource": method}, 2)}
        assert set(found) == {"payment_method.saved", "payment_method.removed"}
        owner = get(person, "/v1/users/me").body["id"]
        for record in found.values():
            assert record["actor"] == owner
            assert record["data"] == {"method_id": method, "owner_id": owner, "brand": "visa", "last4": "4242"}
            assert record["network"] == person.client.address.rpartition(".")[0] + ".0/24"
        assert found["payment_method.removed"]["request_id"] == removed.headers["request-id"]

        def told() -> set[tuple[str, str, bool]]:
            notices = get(person, "/v1/notifications?limit=100").body["data"]
            return {
                (each["subject"], each["channel"], "visa card that ends in 4242" in each["body"])
                for each in notices
                if each["event_type"] in found
            }

        expected = {
            (f"A card was {act}", channel, True) for act in ("saved", "removed") for channel in ("email", "push")
        }
        until(told, expected.__eq__)


def _plain() -> dict[str, object]:
    return {"number": APPROVE, "exp_month": 12, "exp_year": 2032, "cvc": "123"}
