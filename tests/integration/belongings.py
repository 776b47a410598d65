"""What an id in a path can name: makes one of each kind for somebody."""

import secrets
from collections.abc import Callable
from functools import cached_property
from string import Formatter

from local.story import Person
from tests.integration.factor import claims
from tests.integration.money import get, held, open_wallet, post
from tests.integration.patience import until
from tests.integration.paying import paid, refund, save_card
from tests.integration.scheduling import made_schedule

Ids = dict[str, str]


def parameters(path: str) -> list[str]:
    """The names in braces."""
    return [name for _, name, _, _ in Formatter().parse(path) if name]


def absent_ids(ids: Ids) -> Ids:
    """Ids of the same kinds that name nothing."""
    return {name: each.partition("_")[0] + "_" + "0" * 26 for name, each in ids.items()}


class Belongings:
    """Somebody's things: new ones each time, but for what takes long and nothing deletes."""

    def __init__(self, owner: Person, banker: Person) -> None:
        self._owner, self._banker = owner, banker
        self._makers: dict[str, Callable[[Ids], str]] = {
            "method_id": lambda _: save_card(owner),
            "notification_id": lambda _: self._notice,
            "payment_id": lambda _: self._payment,
            "refund_id": lambda _: self._refund,
            "rule_id": lambda ids: self._rule(ids["wallet_id"]),
            "session_id": lambda _: self._session(),
            "schedule_id": lambda _: made_schedule(owner, banker.wallet_id),
            # the side that gets it may go on with it in every way
            "transaction_id": lambda _: held(banker, owner.wallet_id, 1),
            "wallet_id": lambda _: open_wallet(owner, "EUR", name=secrets.token_hex(4)),
        }

    def ids(self, path: str) -> Ids:
        """One of this person's things for each parameter of the path, which stand in each other from left to right."""
        made: Ids = {}
        for name in parameters(path):
            made[name] = self._makers[name](made)
        return made

    @cached_property
    def _notice(self) -> str:
        inbox = until(lambda: get(self._owner, "/v1/notifications"), lambda answer: bool(answer.body["data"]))
        return str(inbox.body["data"][0]["id"])

    @cached_property
    def _payment(self) -> str:
        return paid(self._owner, 10_000)

    @cached_property
    def _refund(self) -> str:
        answer = refund(self._owner, self._payment, 1)
        assert answer.status == 201, answer.raw
        return str(answer.body["id"])

    def _session(self) -> str:
        """Another one than the owner's own, so that it may be ended; the own one of who has a second factor."""
        if self._owner.totp_seed:
            return str(claims(str(self._owner.client.token))["sid"])
        body = {"email": self._owner.email, "password": self._owner.password}
        answer = self._owner.client.request("POST", "/v1/auth/login", body)
        assert answer.status == 200, answer.raw
        return str(answer.body["session_id"])

    def _rule(self, wallet_id: str) -> str:
        rule = {"kind": "posted", "op": "below", "value": 1}
        answer = post(self._owner, f"/v1/wallets/{wallet_id}/balance-rules", rule)
        assert answer.status == 201, answer.raw
        return str(answer.body["id"])
