"""Every operation answers to everybody what docs/permissions.md says."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest

from docs.permission_table import ABSENT, ASKING, BARE, FRESH, KEYS, PASSES, owner_of
from local.http_client import Answer, Client
from local.story import Person
from tests.answer_table import Row, rows
from tests.integration.belongings import Belongings, Ids, absent_ids, parameters
from tests.integration.desk import Desk
from tests.integration.factor import Guard, Phone, step_up
from tests.integration.leaving import id_of, let_sign_in_age
from tests.integration.merchants import Merchant
from tests.integration.money import fund, open_wallet, rich_person, unlike
from tests.integration.paying import save_card
from tests.integration.people import Roamer, Town
from tests.samples import sample_request

# What ends the second factor and the sessions of who asks comes last.
LAST = ["/v1/auth/mfa/disable", "/v1/auth/logout-all"]
TABLE = sorted(rows(), key=lambda row: LAST.index(row.path) if row.path in LAST else -1)


@dataclass
class Cast:
    """Who asks, and whose things are asked for."""

    clients: dict[str, Client]
    belongings: dict[str, Belongings]
    fresh: Guard

    def ask(self, who: str, row: Row, ids: Ids) -> Answer:
        """The operation's sample request about these things."""
        event = sample_request(row.method, row.path)
        path = row.path.format_map(ids) + _query(event)
        body = event["body"] and json.loads(event["body"])
        return self._send(who, row, path, body)

    def ask_badly(self, who: str, row: Row) -> Answer:
        """An empty request: enough to be refused or to pass, and not enough to change anything."""
        event = sample_request(row.method, row.path)
        return self._send(who, row, event["path"], event["body"] and {})

    def _send(self, who: str, row: Row, path: str, body: object) -> Answer:
        if who == FRESH and row.asks_for_step_up:
            step_up(self.fresh.person, self.fresh.phone, self.fresh.desk)
        return self.clients[who].request(row.method, path, body, key=secrets.token_hex(8))


def _query(event: dict[str, Any]) -> str:
    asked = event["queryStringParameters"]
    return f"?{urlencode(asked)}" if asked else ""


@pytest.fixture(scope="module")
def cast(town: Town, admin: Person, guard: Guard, desk: Desk) -> Cast:
    """Everybody who asks, with a token or without."""
    signed_in = [who for who in ASKING if who not in ("no token", "admin", FRESH, *KEYS)]
    people = {who: town.person("EUR") for who in signed_in} | {who: town.admin() for who in ("admin", FRESH)}
    fund(admin, open_wallet(people[FRESH], "EUR"), 1)  # so that the account cannot be closed
    promoted = {"roles": ["admin"], "reason": "test"}
    assert guard.request("PATCH", f"/v1/users/{id_of(people[BARE])}", promoted).status == 200
    for person in people.values():
        let_sign_in_age(person, desk)
    merchant = Merchant(people["merchant"], guard, desk)
    banker = rich_person(town, admin)
    save_card(banker)
    clients = {who: person.client for who, person in people.items()} | {"no token": Roamer(town.stranger())}
    clients |= {who: merchant.holder(merchant.key(scopes)) for who, scopes in KEYS.items()}
    belongings = {who: Belongings(person, banker) for who, person in people.items()}
    fresh = Guard(people[FRESH], Phone(people[FRESH].totp_seed), desk)
    return Cast(clients, belongings | dict.fromkeys(KEYS, belongings["merchant"]), fresh)


class TestAnswers:
    @pytest.mark.parametrize("who", ASKING)
    @pytest.mark.parametrize("row", TABLE, ids=str)
    def test_are_those_of_the_page(self, cast: Cast, row: Row, who: str) -> None:
        if row.answers[who] == ABSENT:
            for foreign, nothing in ways_to_what_is_foreign(cast, row, who):
                refused, absent = cast.ask(who, row, foreign), cast.ask(who, row, nothing)
                assert refused.status == absent.status == 404, (refused.raw, absent.raw)
                assert unlike(refused) == unlike(absent)
        elif row.names_a_possession:
            answer = cast.ask(who, row, cast.belongings[owner_of(row.permission)].ids(row.path))
            assert told(answer, (401, 403, 404)) == row.answers[who], answer.raw
        else:
            answer = cast.ask_badly(who, row)
            assert told(answer, (401, 403)) == row.answers[who], answer.raw


def told(answer: Answer, closed: tuple[int, ...]) -> str:
    """The answer in the words of the page. A health check may say that a service is slow: anybody may hear it."""
    assert answer.status < 500 or "checks" in answer.body, answer.raw
    return f"{answer.status} {answer.body['code']}" if answer.status in closed else PASSES


def ways_to_what_is_foreign(cast: Cast, row: Row, who: str) -> Iterator[tuple[Ids, Ids]]:
    """Ids for a path of which one at least is the owner's and all others are one's own; and the same with absent ones."""
    names = parameters(row.path)
    theirs = cast.belongings[owner_of(row.permission)].ids(row.path)
    own = cast.belongings[who].ids(row.path) if len(names) > 1 else {}
    for which in product((True, False), repeat=len(names)):
        foreign = {name: theirs[name] for name, is_foreign in zip(names, which, strict=True) if is_foreign}
        if foreign:
            yield own | foreign, own | absent_ids(foreign)
