"""What stands in PostgreSQL under which key: each value of a ring begins with the id of the key that made it."""

from sqlalchemy import Connection, text

_LIVES = "expires_at > statement_timestamp()"
_IS_HELD = "EXISTS (SELECT FROM ledger.hold h WHERE h.transaction_id = unclaimed.transaction_id AND h.state = 'open')"
# What is over counts no more: a key may go before its rows do.
_STANDING = {
    "identity-keys": {
        "passwords": ("password_hash", "identity.user", "status <> 'closed'"),
        "second_factors": ("sealed_seed", "identity.second_factor", "true"),
        "recovery_codes": ("code_hmac", "identity.recovery_code", "true"),
        "one_time_codes": ("code_hmac", "identity.one_time_code", _LIVES),
        "email_changes": ("code_hmac", "identity.email_change", f"completed_at IS NULL AND {_LIVES}"),
        "registrations": ("code_hmac", "identity.registration", "code_expires_at > statement_timestamp()"),
        "mfa_challenges": ("sealed_device_token", "identity.mfa_challenge", _LIVES),
    },
    "card-keys": {"cards": ("fingerprint", "payment.method", "removed_at IS NULL")},
    "recipient-keys": {
        "addresses": ("hmac", "identity.email_index", "true"),
        # Found by this name for as long as it is pending, with a code that lives or to be sent a new one.
        "registrations": ("email_hmac", "identity.registration", "state = 'pending'"),
        "schedules": ("sealed_email", "transfer.schedule", "true"),
        "unclaimed_money": ("address_hmac", "transfer.unclaimed", f"claimed_at IS NULL AND {_IS_HELD}"),
    },
    "personal-keys": {"data_keys": ("wrapped", "identity.personal_key", "true")},
}


def count(connection: Connection) -> dict[str, dict[str, dict[str, int]]]:
    """By ring, kind of thing and key id: how many there are."""
    return {
        ring: {kind: _count(connection, *where) for kind, where in kinds.items()} for ring, kinds in _STANDING.items()
    }


def _count(connection: Connection, column: str, table: str, standing: str) -> dict[str, int]:
    found = connection.execute(
        text(
            f"SELECT split_part({column}, '.', 1) AS key_id, count(*) AS number FROM {table} "  # noqa: S608  # our own
            f"WHERE {column} IS NOT NULL AND {standing} GROUP BY key_id ORDER BY key_id"
        )
    )
    return {row.key_id: row.number for row in found}
