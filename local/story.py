"""The story that shows the whole system at work: played by `make demo`, asserted by the first end-to-end test."""

import json
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

import pymongo
import pyotp
from pymongo.collection import Collection

from local.configuration import HOST, Configuration
from local.create_admin import invite_admin
from local.http_client import Answer, Client

PATIENCE_SECONDS = 60.0  # after an outage a consumer may pause for 30 s before it tries again
LIMIT_PER_MINUTE = 100
REPEATS_MAX = 3
CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2032, "cvc": "123"}

Narrate = Callable[[str], None]


class StoryFailed(AssertionError):
    """The system did not do what the story tells."""


@dataclass
class Person:
    """Somebody in the story."""

    name: str
    email: str
    password: str
    client: Client
    wallet_id: str = ""
    totp_seed: str = ""  # base 32, of who has a second factor


class Story:
    """Plays the chapters in order; each raises StoryFailed where the system differs."""

    def __init__(self, configuration: Configuration, narrate: Narrate, seed: int | None = None) -> None:
        self.configuration = configuration
        self.narrate = narrate
        self.run = random.Random(seed).randrange(16**8)
        self.anna = self._person("Anna", 1)
        self.ben = self._person("Ben", 2)
        self.admin = self._person("Ada", 3)

    def play(self) -> None:
        """The whole story."""
        for chapter in (
            self.register_and_sign_in,
            self.open_wallets,
            self.top_up,
            self.transfer_once,
            self.send_too_much,
            self.refund_a_part,
            self.compare_the_books,
            self.read_the_inboxes,
            self.read_the_audit_store,
            self.let_an_admin_act,
            self.be_refused,
        ):
            self.narrate(f"\n== {chapter.__name__.replace('_', ' ').capitalize()}")
            chapter()

    # --- chapters ----------------------------------------------------------------------------------------

    def register_and_sign_in(self) -> None:
        for person in (self.anna, self.ben):
            self.register(person)

    def open_wallets(self) -> None:
        for person in (self.anna, self.ben):
            person.wallet_id = self.open_wallet(person, "EUR")

    def top_up(self) -> None:
        method = self._step(self.anna, "POST", "/v1/payment-methods", 201, {"type": "card", "card": CARD})
        _expect(str(CARD["number"]) not in method.raw.decode(), "the card number is never shown")
        body = {
            "amount": 10000,
            "currency": "EUR",
            "payment_method_id": method.body["id"],
            "wallet_id": self.anna.wallet_id,
        }
        payment = self._step(self.anna, "POST", "/v1/payments", 201, body, key=self._key("top-up"))
        _expect(payment.body["status"] == "succeeded", "the payment succeeded")
        self.payment_id = payment.body["id"]
        self._expect_balance(self.anna, 10000)

    def transfer_once(self) -> None:
        body = self._transfer(2500)
        first = self._step(self.anna, "POST", "/v1/transactions/transfer", 201, body, key=self._key("transfer"))
        again = self._step(self.anna, "POST", "/v1/transactions/transfer", 201, body, key=self._key("transfer"))
        _expect(first.raw == again.raw, "a replay is byte-equal")
        _expect(again.headers.get("idempotency-replayed") == "true", "the header says replayed")
        self._expect_balance(self.anna, 7500)
        self._expect_balance(self.ben, 2500)

    def send_too_much(self) -> None:
        body = self._transfer(7501)
        refused = self._step(self.anna, "POST", "/v1/transactions/transfer", 422, body, key=self._key("too much"))
        _expect(refused.body["code"] == "insufficient_funds", "the refusal says what is wrong")
        _expect(refused.body["short_by"] == 1, "and what is missing")
        history = self._step(self.anna, "GET", "/v1/transactions?status=failed", 200)
        _expect(len(history.body["data"]) == 1, "a failed transaction stands in the sender's history")
        other = self._step(self.ben, "GET", "/v1/transactions?status=failed", 200)
        _expect(other.body["data"] == [], "and not in the other's")

    def refund_a_part(self) -> None:
        path = f"/v1/payments/{self.payment_id}/refunds"
        refund = self._step(self.anna, "POST", path, 201, {"amount": 1000}, key=self._key("refund"))
        _expect(refund.body["status"] == "succeeded", "the refund succeeded")
        self._expect_balance(self.anna, 6500)

    def compare_the_books(self) -> None:
        for person, posted in ((self.anna, 6500), (self.ben, 2500)):
            wallet = self._step(person, "GET", f"/v1/wallets/{person.wallet_id}", 200)
            entries = self._step(person, "GET", f"/v1/wallets/{person.wallet_id}/entries?limit=100", 200)
            lines = entries.body["data"]
            _expect(wallet.body["balance"]["posted"] == posted, "the wallet shows the balance")
            _expect(sum(line["amount"] for line in lines) == posted, "the entries add up to it")
            _expect(lines[0]["balance_after"] == posted, "and the last one says so")
            history = self._step(person, "GET", f"/v1/transactions?wallet_id={person.wallet_id}&limit=100", 200)
            moved = {
                (transaction["id"], leg["amount"])
                for transaction in history.body["data"]
                for leg in transaction["legs"]
                if leg["wallet_id"] == person.wallet_id
            }
            _expect(moved == {(line["transaction_id"], line["amount"]) for line in lines}, "the history tells the same")

    def read_the_inboxes(self) -> None:
        wanted = {
            self.anna.name: {
                "user.verified",
                "payment.processed",
                "transaction.completed",
                "payment.refunded",
            },
            self.ben.name: {"user.verified", "transaction.completed"},
        }
        for person in (self.anna, self.ben):
            self._until(
                f"{person.name}'s inbox holds {', '.join(sorted(wanted[person.name]))}",
                partial(self._has_notices, person, wanted[person.name]),
            )

    def read_the_audit_store(self) -> None:
        history = self._step(self.anna, "GET", "/v1/transactions?limit=100", 200)
        moved = {item["id"] for item in history.body["data"]}
        client: pymongo.MongoClient[dict[str, Any]]
        with pymongo.MongoClient(HOST, self.configuration.ports.documents) as client:
            records: Collection[dict[str, Any]] = client["paycore"]["transaction_logs"]
            self._until(
                f"the audit store has a record of each of {len(moved)} movements",
                lambda: moved <= set(records.distinct("resource", {"resource": {"$in": list(moved)}})),
            )

    def let_an_admin_act(self) -> None:
        self.invite_admin()
        funds = {"amount": 500, "currency": "EUR", "reason": "A gift of the house"}
        path = f"/v1/wallets/{self.ben.wallet_id}/funds/add"
        self._step(self.admin, "POST", path, 201, funds, key=self._key("funds"))
        self._expect_balance(self.ben, 3000)
        empty = self._step(self.ben, "POST", "/v1/wallets", 201, {"currency": "USD"})
        path = f"/v1/wallets/{empty.body['id']}/deactivate"
        closed = self._step(self.admin, "POST", path, 200, {"reason": "Never used"})
        _expect(closed.body["state"] == "closed", "the empty wallet is closed")

    def be_refused(self) -> None:
        stranger = self._person("Nobody", 4)
        nobody = self._step(stranger, "GET", f"/v1/wallets/{self.anna.wallet_id}", 401)
        _expect(nobody.body["code"] == "missing_token", "without a token: 401")
        foreign = self._step(self.ben, "GET", f"/v1/wallets/{self.anna.wallet_id}", 404)
        _expect(foreign.body["code"] == "wallet_not_found", "another person's wallet: 404")
        self.narrate(f"   {LIMIT_PER_MINUTE + 1} requests in a minute from one address")
        answers = [stranger.client.request("GET", "/.well-known/jwks.json") for _ in range(LIMIT_PER_MINUTE + 1)]
        _expect([a.status for a in answers[:-1]] == [200] * LIMIT_PER_MINUTE, "the first hundred pass")
        _expect(answers[-1].status == 429, "the 101st is refused")
        _expect(int(answers[-1].headers["retry-after"]) > 0, "with Retry-After")

    # --- what tests use, too -----------------------------------------------------------------------------

    def register(self, person: Person) -> None:
        """Registers, reads the code from the mailbox, verifies and signs in."""
        body = {"email": person.email, "password": person.password, "full_name": person.name}
        self._step(person, "POST", "/v1/auth/register", 202, body)
        code = self._mailed_code(person.email)
        self._step(person, "POST", "/v1/auth/verify-email", 200, {"email": person.email, "code": code})
        self._sign_in(person)

    def open_wallet(self, person: Person, currency: str) -> str:
        """Opens a wallet and returns its id."""
        return str(self._step(person, "POST", "/v1/wallets", 201, {"currency": currency}).body["id"])

    def invite_admin(self) -> None:
        """Invites the admin by a one-time code, who chooses a password, signs in and enrols a second factor."""
        code = invite_admin(self.configuration, self.admin.email)
        body = {
            "email": self.admin.email,
            "code": code,
            "password": self.admin.password,
            "full_name": self.admin.name,
        }
        self._step(self.admin, "POST", "/v1/auth/accept-invitation", 200, body)
        self._enrol(self.admin, self._sign_in(self.admin))

    # --- means -------------------------------------------------------------------------------------------

    def _person(self, name: str, number: int) -> Person:
        # an address of its own for every person of every run: the limit counts addresses
        high, low = divmod(self.run % 60_000, 250)
        client = Client(self.configuration.ports.gateway, f"127.{10 + number}.{high % 250 + 1}.{low + 1}")
        email = f"{name.lower()}.{self.run:08x}@example.com"
        return Person(name, email, f"correct horse {self.run:08x}", client)

    def _key(self, name: str) -> str:
        return f"{name.replace(' ', '-')}-{self.run:08x}"

    def _transfer(self, amount: int) -> dict[str, object]:
        return {
            "source_wallet_id": self.anna.wallet_id,
            "target_email": self.ben.email,
            "amount": amount,
            "currency": "EUR",
            "description": "Lunch",
        }

    def _step(
        self,
        person: Person,
        method: str,
        path: str,
        status: int,
        body: object = None,
        *,
        key: str | None = None,
    ) -> Answer:
        answer = self._ask(person, method, path, body, key)
        for _ in range(REPEATS_MAX):
            if answer.status == 503:  # a part is busy, and the answer says for how long: any client asks again
                time.sleep(int(answer.headers["retry-after"]))
                answer = self._ask(person, method, path, body, key)
        _expect(answer.status == status, f"{method} {path} answers {status}, not {answer.status}: {answer.raw!r}")
        return answer

    def _ask(self, person: Person, method: str, path: str, body: object, key: str | None) -> Answer:
        answer = person.client.request(method, path, body, key=key)
        self.narrate(f"   {person.name}: {method} {path} {_shown(body)}")
        self.narrate(f"      {answer.status} in {answer.milliseconds:.0f} ms {_shown(answer.body)}")
        return answer

    def _sign_in(self, person: Person) -> str:
        """Answers the refresh token."""
        body = {"email": person.email, "password": person.password}
        session = self._step(person, "POST", "/v1/auth/login", 200, body)
        person.client.token = session.body["access_token"]
        return str(session.body["refresh_token"])

    def _enrol(self, person: Person, refresh_token: str) -> None:
        """An admin needs the code from the mail, too. Only the session's next access token says that it was shown."""
        older = len(self._codes_in_mails(person.email))
        started = self._step(person, "POST", "/v1/auth/mfa/enroll", 200, {"password": person.password})
        _expect(started.body["email_code_required"], "the password alone makes nobody an admin")
        person.totp_seed = str(started.body["secret"])
        mailed = self._mailed_code(person.email, older)
        body = {"code": pyotp.TOTP(person.totp_seed).now(), "email_code": mailed}
        self._step(person, "POST", "/v1/auth/mfa/confirm", 200, body)
        session = self._step(person, "POST", "/v1/auth/refresh", 200, {"refresh_token": refresh_token})
        person.client.token = session.body["access_token"]

    def _expect_balance(self, person: Person, posted: int) -> None:
        balance = self._step(person, "GET", f"/v1/wallets/{person.wallet_id}/balance", 200)
        _expect(balance.body["posted"] == posted, f"{person.name} has {posted}, not {balance.body['posted']}")

    def _has_notices(self, person: Person, wanted: set[str]) -> bool:
        return wanted <= self._inbox(person)

    def _inbox(self, person: Person) -> set[str]:
        answer = person.client.request("GET", "/v1/notifications?limit=100")
        _expect(answer.status == 200, f"the inbox answers 200, not {answer.status}: {answer.raw!r}")
        return {notice["event_type"] for notice in answer.body["data"]}

    def _mailed_code(self, email: str, older: int = 0) -> str:
        """The newest code, once there are more than the `older` ones."""
        found: list[str] = []

        def arrived() -> bool:
            found[:] = self._codes_in_mails(email)
            return len(found) > older

        self._until(f"a mail with the code reaches {email}", arrived)
        return found[-1]

    def _codes_in_mails(self, email: str) -> list[str]:
        """Oldest first."""
        return [match for text in self._mails(email) for match in re.findall(r"Your code is (\S+)\.", text)]

    def _mails(self, email: str) -> list[str]:
        path = f"/api/email?to.address={quote(email)}"
        return [str(mail["text"]) for mail in Client(self.configuration.ports.mail_web).request("GET", path).body]

    def _until(self, what: str, holds: Callable[[], bool]) -> None:
        started = time.monotonic()
        while not holds():
            waited = time.monotonic() - started
            _expect(waited < PATIENCE_SECONDS, f"within {PATIENCE_SECONDS:.0f} s {what}")
            # more and more slowly: who asks an API is limited to 100 requests a minute
            time.sleep(min(max(waited / 5, 0.1), 1.0))
        self.narrate(f"   {what} ({time.monotonic() - started:.1f} s)")


def _expect(condition: object, what: str) -> None:
    if not condition:
        raise StoryFailed(what)


_HIDDEN = {
    *("password", "access_token", "refresh_token", "device_token", "mfa_token", "number", "cvc"),
    *("secret", "otpauth_uri", "qr_code_svg", "codes"),
}


def _shown(body: object) -> str:
    """A body for the reader, without secrets and not longer than a line or two."""
    if body is None:
        return ""
    text = json.dumps(_masked(body), ensure_ascii=False)
    return text if len(text) <= 400 else text[:400] + "..."


def _masked(body: object) -> object:
    if isinstance(body, Mapping):
        return {name: "***" if name in _HIDDEN else _masked(value) for name, value in body.items()}
    return [_masked(item) for item in body] if isinstance(body, list) else body
