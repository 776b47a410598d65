"""Addresses that money waits for, or that schedules pay to, under a key that is rotated: found, sealed anew, and lost."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import pytest

from local.configuration import Configuration
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.local_platform.caller import wait_until
from tests.integration.money import balance, fund, post, rich_person, transfer
from tests.integration.newcomer import Newcomer
from tests.integration.paying import Backstage
from tests.integration.people import Town, somewhere
from tests.integration.rings import RingsOfPeople
from tests.integration.scheduling import Clockwork, made_schedule, shown_schedule

DAILY = {"every": "day"}


@dataclass
class Found:
    """What became of everything, under the new key and once the old one was gone."""

    old: str
    keys: dict[str, str] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)
    paid: dict[str, int] = field(default_factory=dict)
    claimed: dict[str, bool] = field(default_factory=dict)


class Scene:
    """Somebody who sends money to addresses, to a friend's and to such as nobody has yet."""

    def __init__(self, platform: Configuration, town: Town, admin: Person, desk: Desk, backstage: Backstage) -> None:
        self.sender, self.friend = rich_person(town, admin), town.person("EUR")
        self.desk, self.clockwork, self._port = desk, Clockwork(platform, backstage), platform.ports.gateway

    def standing_order(self) -> str:
        return made_schedule(self.sender, None, target_email=self.friend.email, recurrence=DAILY)

    def shown(self, schedule_id: str) -> Any:
        self.sender.client.address = somewhere()
        return shown_schedule(self.sender, schedule_id)["transfer"]["target_email"]

    def key_of(self, schedule_id: str) -> str:
        ((sealed,),) = self.desk.rows("SELECT sealed_email FROM transfer.schedule WHERE id = :id", id=schedule_id)
        return str(sealed).partition(".")[0]

    def change(self, schedule_id: str, how: str) -> None:
        self.sender.client.address = somewhere()
        assert post(self.sender, f"/v1/schedules/{schedule_id}/{how}", {}).status == 200

    def run(self, schedule_id: str) -> int:
        """What the friend got by it."""
        before = balance(self.friend)["posted"]
        self.clockwork.past(schedule_id)
        self.clockwork.run()
        self.friend.client.address = somewhere()
        return int(balance(self.friend)["posted"] - before)

    def send_to_nobody(self) -> tuple[Newcomer, str]:
        """Who will have the address, and the hold."""
        late = Newcomer(self.desk, self._port)
        made = transfer(self.sender, None, 100, secrets.token_hex(8), target_email=late.email)
        assert (made.status, made.body["status"]) == (201, "pending"), made.raw
        return late, str(made.body["id"])

    def claims(self, late: Newcomer, hold_id: str) -> bool:
        """Whether the money is theirs as soon as they have an account and a wallet."""
        late.settle_in().sign_in()
        assert late.client.request("POST", "/v1/wallets", {"currency": "EUR"}).status == 201
        state = "SELECT state FROM ledger.hold WHERE transaction_id = :id"
        wait_until(lambda: self.desk.rows(state, id=hold_id) == [["captured"]])
        return True


@pytest.fixture(scope="module")
def found(platform: Configuration, town: Town, admin: Person, desk: Desk, backstage: Backstage) -> Found:
    scene, rings = Scene(platform, town, admin, desk, backstage), RingsOfPeople(platform)
    fund(admin, scene.friend.wallet_id, 1)
    seen = Found(rings.current())
    running, resting, ended = scene.standing_order(), scene.standing_order(), scene.standing_order()
    scene.change(resting, "pause")
    scene.change(ended, "cancel")
    waiting = scene.send_to_nobody()
    with rings.rotated():
        seen.shown["under a new key"] = scene.shown(running)
        seen.paid["under a new key"] = scene.run(running)
        # the job of that minute may have them in hand, so that ours left them to it
        wait_until(lambda: seen.old not in [scene.key_of(each) for each in (running, resting, ended)])
        seen.keys |= {"running": scene.key_of(running), "resting": scene.key_of(resting), "ended": scene.key_of(ended)}
        seen.keys["new"] = scene.key_of(scene.standing_order())
        seen.claimed["of the old key"] = scene.claims(*waiting)
        waiting = scene.send_to_nobody()
        rings.retire(seen.old)
        seen.shown |= {"running": scene.shown(running), "resting": scene.shown(resting), "ended": scene.shown(ended)}
        seen.paid["sealed anew"] = scene.run(running)
        scene.change(resting, "resume")
        seen.paid["resumed"] = scene.run(resting)
        seen.claimed["of the new key"] = scene.claims(*waiting)
    seen.shown["friend"] = scene.friend.email
    seen.paid["as before"] = scene.run(scene.standing_order())
    return seen


class TestSchedules:
    def test_of_the_old_key_are_read_and_run(self, found: Found) -> None:
        assert found.shown["under a new key"] == found.shown["friend"]
        assert found.paid["under a new key"] == 100

    @pytest.mark.parametrize("which", ["running", "resting", "ended"])
    def test_are_sealed_anew_by_the_job(self, found: Found, which: str) -> None:
        assert found.keys[which] == found.keys["new"] != found.old

    @pytest.mark.parametrize("which", ["running", "resting", "ended"])
    def test_live_on_without_the_old_key(self, found: Found, which: str) -> None:
        assert found.shown[which] == found.shown["friend"]
        assert found.paid["sealed anew"] == found.paid["resumed"] == 100


class TestMoneyForNobodyYet:
    @pytest.mark.parametrize("which", ["of the old key", "of the new key"])
    def test_is_claimed_while_its_key_is_in_the_ring(self, found: Found, which: str) -> None:
        assert found.claimed[which]


class TestTheWayBack:
    def test_leaves_everything_as_it_was(self, found: Found) -> None:
        assert found.paid["as before"] == 100
