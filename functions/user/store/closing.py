"""What the closing of an account ends, and what its erasure removes, beyond what other changes do, too."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from functions.user.store import Record, known_devices
from functions.user.store.people import COLUMNS, Person, person_of

_OPEN_WALLETS = text("SELECT wallet_id, currency, posted_minor, is_bound FROM directory.open_wallets(:user_id)")
_HEIRS = text(
    """
    SELECT account.id, account.currency::text AS currency
      FROM ledger.account JOIN ledger.balance ON balance.account_id = account.id AND balance.stripe = 0
     WHERE account.id = ANY (CAST(:wallet_ids AS text[])) AND account.kind = 'wallet'
       AND account.owner_id <> :user_id AND balance.state <> 'closed'
    """
)
_MARK_CLOSED = text("SELECT directory.mark_wallets_closed(CAST(:wallet_ids AS text[]))")
# A hash that no password has.
_CLOSE = text(
    "UPDATE identity.user SET status = 'closed', closed_at = clock_timestamp(), password_hash = '', "  # noqa: S608
    f"version = version + 1, updated_at = clock_timestamp() WHERE id = :user_id RETURNING {COLUMNS}"
)
_FORGET = tuple(
    text(statement)
    for statement in (
        "DELETE FROM identity.second_factor WHERE user_id = :user_id",  # with its recovery codes
        "DELETE FROM identity.mfa_challenge WHERE user_id = :user_id",
        "DELETE FROM identity.one_time_code WHERE user_id = :user_id",
        # what was completed stays until the erasure: its notice may still be on its way
        "DELETE FROM identity.email_change WHERE user_id = :user_id AND completed_at IS NULL",
        "UPDATE identity.session SET device = NULL, device_digest = NULL WHERE user_id = :user_id",
    )
)
_REVOKE_KEYS = text(
    "UPDATE identity.api_key SET revoked_at = clock_timestamp() "
    "WHERE user_id = :user_id AND revoked_at IS NULL RETURNING digest"
)
_TO_ERASE = text(
    "SELECT id FROM identity.user WHERE closed_at <= statement_timestamp() - make_interval(days => :days) "
    "AND erased_at IS NULL ORDER BY closed_at LIMIT :at_most"
)
_LOCK_TO_ERASE = text(
    "SELECT id FROM identity.user WHERE id = :user_id AND closed_at IS NOT NULL AND erased_at IS NULL FOR UPDATE"
)
# Who registers the address of an account leaves a row that nobody can verify; it goes with its key. One of somebody who
# has an account stays, also where the address has become another's since.
_FORGET_TRIES = text(
    """
    WITH gone AS (
        DELETE FROM identity.registration AS r
         WHERE r.email_hmac IN (SELECT hmac FROM identity.email_index WHERE user_id = :user_id)
           AND NOT EXISTS (SELECT FROM identity.user AS other WHERE other.id = r.user_id)
        RETURNING r.user_id)
    DELETE FROM identity.personal_key AS key USING gone WHERE key.person_id = gone.user_id
    """
)
_DESTROY = tuple(
    text(statement)
    for statement in (
        "DELETE FROM identity.registration WHERE user_id = :user_id",
        "DELETE FROM identity.personal_key WHERE person_id = :user_id",
        "SELECT directory.forget_belongings(:user_id)",  # by the names that go next, among others
        "DELETE FROM identity.email_index WHERE user_id = :user_id",
        "DELETE FROM identity.email_change WHERE user_id = :user_id",
        # an enrollment that began before the closing may have ended after it
        "DELETE FROM identity.second_factor WHERE user_id = :user_id",
        "UPDATE identity.api_key SET name = '', addresses = '{}' WHERE user_id = :user_id",
    )
)
_ERASE = text(
    "UPDATE identity.user SET sealed_data = NULL, sealed_verified_phone = NULL, kyc_status = 'none', "
    "erased_at = clock_timestamp(), "
    "version = version + 1, updated_at = clock_timestamp() WHERE id = :user_id RETURNING version"
)


def open_wallets(connection: Connection, user_id: str) -> Sequence[Record]:
    """The person's open wallets: `wallet_id`, `currency`, `posted_minor`, and whether they are `is_bound` to stay."""
    return connection.execute(_OPEN_WALLETS, {"user_id": user_id}).all()


def heirs(connection: Connection, wallet_ids: Sequence[str], user_id: str) -> Sequence[Record]:
    """Those of the wallets that are open and somebody else's: `id`, `currency`."""
    return connection.execute(_HEIRS, {"wallet_ids": list(wallet_ids), "user_id": user_id}).all()


def mark_wallets_closed(connection: Connection, wallet_ids: Sequence[str]) -> None:
    """The ledger has closed them."""
    connection.execute(_MARK_CLOSED, {"wallet_ids": list(wallet_ids)})


def close(connection: Connection, user_id: str) -> Person:
    """The locked account is closed."""
    return person_of(connection.execute(_CLOSE, {"user_id": user_id}).one())


def forget_credentials(connection: Connection, user_id: str) -> Sequence[str]:
    """Second factor, codes, challenges, an open change of address and devices are gone, API keys revoked;
    answers what these keys are known by.
    """
    for statement in _FORGET:
        connection.execute(statement, {"user_id": user_id})
    known_devices.forget(connection, user_id)
    return connection.execute(_REVOKE_KEYS, {"user_id": user_id}).scalars().all()


def to_erase(connection: Connection, days: int, at_most: int) -> Sequence[str]:
    """The ids of accounts that were closed so many days ago, the longest first."""
    return connection.execute(_TO_ERASE, {"days": days, "at_most": at_most}).scalars().all()


def erase(connection: Connection, user_id: str) -> int | None:
    """Destroys the key of what is personal in a closed account, its address's names, and what is personal without the
    key; answers the account's next version, None where it was erased before or is not closed.
    """
    person = {"user_id": user_id}
    if connection.execute(_LOCK_TO_ERASE, person).one_or_none() is None:
        return None
    for statement in (_FORGET_TRIES, *_DESTROY):
        connection.execute(statement, person)
    version: int = connection.execute(_ERASE, person).scalar_one()
    return version
