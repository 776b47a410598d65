"""What runs over all people finds its rows by an index: whoever makes many rows makes nobody else wait."""

from typing import Any

import pg8000.native
import pytest

from functions.transaction.claims import store as claims
from functions.user.store import closing, past, people_list, people_locks, registrations, session_limit

_OVER = {"days": 1, "at_most": 10}
_LISTED = {"role": None, "status": None, "kyc_status": None, "hmacs": None, "before": None, "limit": 10}
SERVED: list[tuple[Any, dict[str, Any], set[str]]] = [
    (people_locks._LOCK_ADMINS, {"user_ids": ["usr_1", "usr_2"]}, {"user_admin", "user_pkey"}),
    (people_locks._LOCK_EACH, {"user_ids": ["usr_1", "usr_2"]}, {"user_pkey"}),
    (people_list._LIST, {**_LISTED, "status": "closed"}, {"user_by_status"}),
    (people_list._LIST, {**_LISTED, "kyc_status": "pending"}, {"user_by_kyc_status"}),
    (people_list._LIST, {**_LISTED, "role": "admin"}, {"user_admin"}),
    (registrations._FORGET_OLD, _OVER, {"registration_expiry"}),
    (closing._TO_ERASE, _OVER, {"user_to_erase"}),
    (closing._FORGET_TRIES, {"user_id": "usr_1"}, {"email_index_of_person", "registration_of_address"}),
    (closing._DESTROY[0], {"user_id": "usr_1"}, {"registration_of_person"}),
    (session_limit._END_SURPLUS, {"user_id": "usr_1", "kept": 49}, {"session_live", "refresh_token_pkey"}),
    (past._FORGET["email_changes"][0], _OVER, {"email_change_expiry"}),
    (past._FORGET["one_time_codes"][0], _OVER, {"one_time_code_expiry"}),
    (past._FORGET["mfa_challenges"][0], _OVER, {"mfa_challenge_expiry"}),
    (past._FORGET["attempts"][0], _OVER, {"attempt_age"}),
    (past._FORGET["sessions"][0], _OVER, {"session_end", "refresh_token_pkey"}),
    (past._FORGET["sessions"][1], _OVER, {"session_end", "refresh_token_pkey"}),
]


class TestStatement:
    @pytest.mark.parametrize(("statement", "values", "indexes"), SERVED, ids=[str(n) for n in range(len(SERVED))])
    def test_is_served_by_its_index(
        self, schema: pg8000.native.Connection, statement: Any, values: dict[str, Any], indexes: set[str]
    ) -> None:
        schema.run("BEGIN")
        try:
            schema.run("SET LOCAL enable_seqscan = off")  # the tables are empty
            plan = "\n".join(row[0] for row in schema.run(f"EXPLAIN {statement.text}", **values) or [])
        finally:
            schema.run("ROLLBACK")
        assert {index for index in indexes if index not in plan} == set(), plan
        assert "Seq Scan" not in plan


class TestOldKeys:
    def test_are_found_in_the_order_of_their_age(self, schema: pg8000.native.Connection) -> None:
        """By ledger.forget_keys, each minute: an index that names pages and not rows would read them all."""
        schema.run("BEGIN")
        try:
            schema.run("SET LOCAL enable_seqscan = off")
            schema.run("SET LOCAL enable_bitmapscan = off")
            oldest = "SELECT ctid FROM ledger.idempotency_key WHERE created_at < now() - interval '30 days' LIMIT 10"
            plan = "\n".join(row[0] for row in schema.run(f"EXPLAIN {oldest}") or [])
        finally:
            schema.run("ROLLBACK")
        assert "Index Scan using key_age" in plan, plan


_OLD_NAMES = {
    "unclaimed_age": "SELECT o.ctid FROM transfer.unclaimed o JOIN ledger.hold h ON h.transaction_id = o.transaction_id "
    "WHERE o.created_at < now() - interval '14 days' AND h.state <> 'open' ORDER BY o.created_at LIMIT 10",
    "new_address_age": "SELECT ctid FROM transfer.new_address WHERE day < current_date LIMIT 10",
    "unclaimed_of_address": "SELECT m.ctid FROM transfer.unclaimed m, identity.email_index o, ledger.hold h "
    "WHERE o.user_id = 'usr_1' AND m.address_hmac = o.hmac AND h.transaction_id = m.transaction_id",
}


class TestOldNames:
    """By transfer.forget_addresses, each minute, and by directory.forget_belongings."""

    @pytest.mark.parametrize("index", _OLD_NAMES)
    def test_are_found_by_their_index(self, schema: pg8000.native.Connection, index: str) -> None:
        schema.run("BEGIN")
        try:
            schema.run("SET LOCAL enable_seqscan = off")
            plan = "\n".join(row[0] for row in schema.run(f"EXPLAIN {_OLD_NAMES[index]}") or [])
        finally:
            schema.run("ROLLBACK")
        assert index in plan
        assert "Seq Scan" not in plan, plan


class TestMoneyForAnAddress:
    """Of many people's: the plan is made for full tables."""

    FULL = (
        """
        INSERT INTO transfer.unclaimed (transaction_id, sender_id, currency, address_hmac, look_at)
        SELECT 'tx_' || lpad(n::text, 26, '0'), 'usr_' || repeat('0', 26), 'EUR', 'k1.' || n,
               CASE WHEN n % 10 = 0 THEN now() + make_interval(mins => n) END FROM generate_series(1, 20000) n
        """,
        """
        INSERT INTO ledger.hold (transaction_id, source_account_id, source_stripe, source_owner_id, currency,
                                 amount_minor, remaining_minor, expires_at)
        SELECT u.transaction_id, 'wal_' || repeat('0', 26), 0, u.sender_id, 'EUR', 1, 1, now()
          FROM transfer.unclaimed u
        """,
        "ANALYZE transfer.unclaimed, ledger.hold",
    )

    @pytest.mark.parametrize(
        ("statement", "values", "found_by"),
        [
            (
                claims._WAITING,
                {"user_id": "usr_1", "at_most": 100},
                {"(address_hmac = (name.hmac)::text)", "hold_pkey"},
            ),
            (claims._LOOK, {"at_most": 500}, {"unclaimed_to_look_at", "hold_pkey"}),
            (claims._PUT_OFF, {"transaction_ids": ["tx_1"]}, {"unclaimed_pkey", "hold_pkey"}),
            (claims._LOOK_SOON, {"user_id": "usr_1"}, {"(address_hmac = (name.hmac)::text)"}),
        ],
        ids=["waiting", "look", "put off", "look soon"],
    )
    def test_is_found_without_reading_everybody_s(
        self, schema: pg8000.native.Connection, statement: Any, values: dict[str, Any], found_by: set[str]
    ) -> None:
        schema.run("BEGIN")
        try:
            for each in self.FULL:
                schema.run(each)
            plan = "\n".join(row[0] for row in schema.run(f"EXPLAIN {statement.text}", **values) or [])
        finally:
            schema.run("ROLLBACK")
        assert {each for each in found_by if each not in plan} == set(), plan
        assert "Seq Scan" not in plan
