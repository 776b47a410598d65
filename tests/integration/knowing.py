"""How the tests ask who somebody is, and decide it."""

from local.http_client import Answer, Client
from tests.integration.factor import Guard

REASON = "Passport seen, {name} and all"
# By which steps each status is reached: the wish of the person, or what an admin decides.
WAYS = {
    "none": (),
    "pending": ("ask",),
    "verified": ("ask", "verified"),
    "rejected": ("ask", "rejected"),
}


def ask(client: Client, key: str | None = None) -> Answer:
    return client.request("POST", "/v1/users/me/kyc", {}, key=key)


def decide(guard: Guard, user_id: str, status: str, reason: str = REASON) -> Answer:
    return guard.request("PUT", f"/v1/users/{user_id}/kyc", {"status": status, "reason": reason})


def step(client: Client, guard: Guard, user_id: str, how: str) -> Answer:
    """One step of a way."""
    return ask(client) if how == "ask" else decide(guard, user_id, how)


def rename(client: Client, full_name: str) -> Answer:
    """Another name of one's own."""
    return client.request("PATCH", "/v1/users/me", {"full_name": full_name})


def bring(client: Client, guard: Guard, user_id: str, status: str) -> None:
    """From none to this status."""
    for how in WAYS[status]:
        answer = step(client, guard, user_id, how)
        assert answer.status == 200, answer.raw
