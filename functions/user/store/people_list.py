"""Which accounts there are."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from functions.user.administration.filters import UserFilters
from functions.user.store import Record
from paycore.email_index import address_hmacs
from paycore.pagination import Page

_LIST = text(
    """
    SELECT id, roles, status, kyc_status, version, created_at, updated_at FROM identity.user AS person
     WHERE (CAST(:before AS text) IS NULL OR id < CAST(:before AS text))
       AND (CAST(:role AS text) IS NULL OR CAST(:role AS text) = ANY (roles))
       AND (CAST(:status AS text) IS NULL OR status = CAST(:status AS text))
       AND (CAST(:kyc_status AS text) IS NULL OR kyc_status = CAST(:kyc_status AS text))
       AND (CAST(:hmacs AS text[]) IS NULL
            OR id IN (SELECT user_id FROM identity.email_index WHERE hmac = ANY(CAST(:hmacs AS text[]))))
     ORDER BY id DESC LIMIT :limit
    """
)


def list_of(connection: Connection, filters: UserFilters, page: Page) -> Sequence[Record]:
    """Newest first, with one more than the page shows."""
    hmacs = address_hmacs(filters.email) if filters.email is not None else None
    wanted = {"role": filters.role, "status": filters.status, "kyc_status": filters.kyc_status, "hmacs": hmacs}
    return connection.execute(_LIST, {**wanted, "before": page.before, "limit": page.limit + 1}).all()
