"""What was made before a rotation works after it, is renewed where that is possible, and is refused once the key is gone."""

from dataclasses import dataclass

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.paying import save_card
from tests.integration.people import Town, somewhere
from tests.integration.rings import Rings
from tests.integration.rotating import USES, Scene, SealedCode


@dataclass
class Epochs:
    """What became of everything: under the new key, and once the old one was gone."""

    later: dict[str, Answer]
    gone: dict[str, Answer]
    key_ids: dict[str, str]
    methods: list[str]
    mails: dict[str, str]


@pytest.fixture(scope="module")
def epochs(platform: Configuration, town: Town, admin: Person, desk: Desk) -> Epochs:
    scene, rings = Scene(platform, town, admin, desk), Rings(platform)
    old = rings.current()
    first, second = ({name: make(scene) for name, (make, *_) in USES.items()} for _ in range(2))
    sender = town.person("EUR")
    methods, mails, reader = [save_card(sender)], {}, scene.newcomer().settle_in()
    codes = [SealedCode.now(scene, reader) for _ in range(2)]
    with rings.rotated():
        sender.client.address = somewhere()
        later = {name: use() for name, use in first.items()}
        methods.append(save_card(sender))
        key_ids = _key_ids(desk, methods[0], later)
        mails["of the old key"] = codes[0].arrives(scene)
        mails["of the new key"] = SealedCode.now(scene, reader).arrives(scene)
        rings.retire(old)
        sender.client.address = somewhere()
        gone = {name: use() for name, use in second.items()}
        methods.append(save_card(sender))
        mails["of the key that is gone"] = codes[1].arrives(scene)
    return Epochs(later, gone, {**key_ids, "old": old}, methods, mails)


def _key_ids(desk: Desk, method_id: str, later: dict[str, Answer]) -> dict[str, str]:
    """Under which keys things stand that were used after the rotation."""
    session_id = later["password"].body["session_id"]
    questions = {
        "password": (
            "SELECT u.password_hash FROM identity.user u JOIN identity.session s ON s.user_id = u.id WHERE s.id = :id",
            session_id,
        ),
        "seed": (
            "SELECT f.sealed_seed FROM identity.second_factor f JOIN identity.session USING (user_id) WHERE id = :id",
            later["seed"].body["session_id"],
        ),
        "card": ("SELECT fingerprint FROM payment.method WHERE id = :id", method_id),
    }
    return {name: str(desk.rows(text, id=value)[0][0]).partition(".")[0] for name, (text, value) in questions.items()}


class TestRotation:
    @pytest.mark.parametrize("name", USES)
    def test_leaves_what_the_old_key_made_good(self, epochs: Epochs, name: str) -> None:
        assert epochs.later[name].status == USES[name][1], epochs.later[name].raw

    @pytest.mark.parametrize("name", USES)
    def test_ends_it_with_the_old_key(self, epochs: Epochs, name: str) -> None:
        answer = epochs.gone[name]
        assert (answer.status, answer.body.get("code")) == USES[name][2], answer.raw

    @pytest.mark.parametrize("name", ["password", "seed", "card"])
    def test_renews_what_is_used(self, epochs: Epochs, name: str) -> None:
        assert epochs.key_ids[name] != epochs.key_ids["old"]

    @pytest.mark.parametrize(
        ("of_key", "status"),
        [("of the old key", "sent"), ("of the new key", "sent"), ("of the key that is gone", "failed")],
    )
    def test_sends_a_code_while_its_key_is_there(self, epochs: Epochs, of_key: str, status: str) -> None:
        assert epochs.mails[of_key] == status

    def test_knows_the_device_of_a_challenge(self, epochs: Epochs, desk: Desk) -> None:
        is_new = (
            "SELECT data->'new_device' FROM outbox.event WHERE type = 'user.logged_in' AND data->>'session_id' = :id"
        )
        assert desk.rows(is_new, id=epochs.later["challenge"].body["session_id"]) == [[False]]

    def test_knows_a_card_again(self, epochs: Epochs) -> None:
        assert len(set(epochs.methods)) == 1
