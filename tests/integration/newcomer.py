"""Somebody who goes through the door of the user service step by step."""

import secrets
from dataclasses import dataclass, field

from local.http_client import Answer, Client
from tests.integration.desk import Desk


@dataclass
class Newcomer:
    """A person with an address, a password and a client whose source address is new."""

    desk: Desk
    port: int
    password: str = "a quiet lake at dawn"
    email: str = field(default_factory=lambda: f"newcomer.{secrets.token_hex(6)}@example.com")
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.elsewhere()

    def elsewhere(self) -> Client:
        """A client at another place."""
        place = ".".join(str(secrets.randbelow(250) + 1) for _ in range(2))
        return Client(self.port, f"127.{secrets.randbelow(100) + 100}.{place}")

    def post(self, path: str, **body: object) -> Answer:
        """One request to a route of /v1/auth."""
        return self.client.request("POST", f"/v1/auth/{path}", body)

    def register(self) -> Answer:
        return self.post("register", email=self.email, password=self.password, full_name="New Comer")

    def code(self) -> str:
        """The newest code sent to the address."""
        return self.desk.codes_of(self.email)[-1]

    def verify(self, code: str) -> Answer:
        return self.post("verify-email", email=self.email, code=code)

    def log_in(self, password: str | None = None) -> Answer:
        return self.post("login", email=self.email, password=password or self.password)

    def refresh(self, token: str) -> Answer:
        return self.post("refresh", refresh_token=token)

    def me(self) -> Answer:
        return self.client.request("GET", "/v1/users/me")

    def settle_in(self) -> "Newcomer":
        """Registers and verifies."""
        assert self.register().status == 202
        assert self.verify(self.code()).status == 200
        return self

    def sign_in(self) -> str:
        """Signs in; answers the refresh token."""
        answer = self.log_in()
        assert answer.status == 200, answer.raw
        self.client.token = answer.body["access_token"]
        return str(answer.body["refresh_token"])

    def ended_sessions(self) -> list[tuple[str, int]]:
        """Why sessions ended, and how many at once, by the events."""
        told = [data for kind, data in self.desk.events_of(self.user_id) if kind == "user.sessions_ended"]
        return [(data["reason"], len(data["session_ids"])) for data in told]

    @property
    def user_id(self) -> str:
        return self.desk.user_id_of(self.email)

    @property
    def email_hmac(self) -> str:
        return self.desk.address_hmac(self.email)


def wrong(code: str) -> str:
    """Another one of the same form."""
    return code[:-1] + ("3" if code[-1] == "2" else "2")


def outcome(answer: Answer) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status, answer.body["code"]
