"""Before a key is retired its operator hears what still stands under it."""

from typing import Any

import pytest

from tests.integration.desk import Desk
from tests.integration.factor import enrolled
from tests.integration.leaving import close, id_of
from tests.integration.paying import Backstage, save_card
from tests.integration.people import Town

CURRENT, OLD = "k1", "k0"
# By ring and kind: where a value stands for a person that it is found by.
VALUES = {
    ("identity-keys", "passwords"): "identity.user SET password_hash = {} WHERE id = :id",
    ("identity-keys", "second_factors"): "identity.second_factor SET sealed_seed = {} WHERE user_id = :id",
    ("identity-keys", "recovery_codes"): "identity.recovery_code SET code_hmac = {} WHERE user_id = :id",
    ("card-keys", "cards"): "payment.method SET fingerprint = {} WHERE owner_id = :id",
    ("recipient-keys", "addresses"): "identity.email_index SET hmac = {} WHERE user_id = :id",
    ("personal-keys", "data_keys"): "identity.personal_key SET wrapped = {} WHERE person_id = :id",
}


@pytest.mark.parametrize(("ring", "kind"), VALUES, ids=str)
class TestCount:
    def test_tells_each_key_by_what_stands_under_it(
        self, town: Town, desk: Desk, backstage: Backstage, ring: str, kind: str
    ) -> None:
        person = town.person()
        user_id = id_of(person)
        save_card(person)
        enrolled(person)
        before = _uses(backstage, ring, kind)
        assert before[CURRENT] > 0
        changed = _rename(desk, user_id, VALUES[ring, kind], CURRENT, OLD)
        try:
            after = _uses(backstage, ring, kind)
        finally:
            _rename(desk, user_id, VALUES[ring, kind], OLD, CURRENT)
        assert after.get(OLD, 0) - before.get(OLD, 0) == changed > 0
        assert before[CURRENT] - after[CURRENT] == changed


class TestOver:
    def test_does_not_count_passwords_of_who_has_left(self, town: Town, backstage: Backstage) -> None:
        person = town.person()
        before = _uses(backstage, "identity-keys", "passwords")[CURRENT]
        assert close(person).status == 204
        assert _uses(backstage, "identity-keys", "passwords")[CURRENT] == before - 1


def _uses(backstage: Backstage, ring: str, kind: str) -> dict[str, int]:
    found: dict[str, Any] = backstage.invoke("user-count_key_uses")
    return dict(found[ring][kind])


def _rename(desk: Desk, user_id: str, where: str, old: str, new: str) -> int:
    """The person's values, as if another key had made them; how many there were."""
    column = where.partition(" SET ")[2].partition(" ")[0]
    value = f"replace({column}, '{old}.', '{new}.')"
    return len(desk.rows(f"UPDATE {where.format(value)} RETURNING 1", id=user_id))
