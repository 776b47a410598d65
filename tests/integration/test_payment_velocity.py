"""Who tries many cards has to wait: stolen numbers are not tested here."""

from local.http_client import Answer
from local.story import Person
from tests.integration.newcomer import outcome
from tests.integration.paying import APPROVE, DECLINE, Backstage, card, pay, save_card
from tests.integration.people import Town

RATE_LIMITED = (429, "rate_limited")
HOUR_S, DAY_S = 60 * 60, 24 * 60 * 60


def save(person: Person, number: str = APPROVE) -> Answer:
    return person.client.request("POST", "/v1/payment-methods", card(number))


def id_of(person: Person) -> str:
    return str(person.client.request("GET", "/v1/users/me").body["id"])


class TestCards:
    def test_of_one_person_are_twenty_a_day(self, payer: Person, town: Town, backstage: Backstage) -> None:
        save_card(payer)
        subject = f"card:{id_of(payer)}"
        backstage.sql("UPDATE identity.attempt SET taken = 19 WHERE subject = :subject", subject=subject)
        save_card(payer, DECLINE)
        for number in (DECLINE, "5555555555554444"):
            refused = save(payer, number)
            assert outcome(refused) == RATE_LIMITED
            assert 0 < int(refused.headers["retry-after"]) <= DAY_S
        assert save(town.person()).status == 201, "others may"
        backstage.sql(
            "UPDATE identity.attempt SET window_started_at = window_started_at - interval '1 day' "
            "WHERE subject = :subject",
            subject=subject,
        )
        assert save(payer).status == 201

    def test_that_the_form_refuses_cost_nothing(self, payer: Person, backstage: Backstage) -> None:
        assert save(payer, "4242424242424241").status == 422
        subject = f"card:{id_of(payer)}"
        assert backstage.sql("SELECT taken FROM identity.attempt WHERE subject = :subject", subject=subject) == []


class TestDeclines:
    def test_stop_payments_on_whatever_card_for_a_while(
        self, payer: Person, payee: Person, backstage: Backstage
    ) -> None:
        bad, good = save_card(payer, DECLINE), save_card(payer)
        for _ in range(10):
            assert pay(payer, bad).status == 402
        for method in (bad, good):
            refused = pay(payer, method, key=f"refused-{method}")
            assert outcome(refused) == RATE_LIMITED
            assert 0 < int(refused.headers["retry-after"]) <= HOUR_S
        assert pay(payee, save_card(payee)).status == 201, "others may"
        _let_the_first_age(backstage, bad)
        assert pay(payer, good, key=f"refused-{good}").status == 201, "the refusal was not kept under the key"


def _let_the_first_age(backstage: Backstage, method_id: str) -> None:
    """The first payment with a method was an hour ago: by hand, as the owner of the table, since it is final."""
    backstage.sql(
        f"""
        DO $$ BEGIN
            ALTER TABLE payment.payment DISABLE TRIGGER allowed_edge;
            UPDATE payment.payment SET created_at = created_at - interval '1 hour'
             WHERE id = (SELECT min(id) FROM payment.payment WHERE method_id = '{method_id}');
            ALTER TABLE payment.payment ENABLE TRIGGER allowed_edge;
        END $$
        """  # noqa: S608  # an id that the server made
    )
