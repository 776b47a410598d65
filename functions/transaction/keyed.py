"""Keys of requests that name an address: what is kept of them helps nobody who tries out a list of addresses.

All else in such a body stands in the books, so its plain hash would tell whoever reads the table for whom money waits.
"""

from collections.abc import Iterable
from dataclasses import replace

from functions.transaction.schemas import TransferRequest
from paycore.email_index import address_ring
from paycore.request_key import RequestKey

_PURPOSE = "request-fingerprint"


def keyed(key: RequestKey, wanted: Iterable[TransferRequest]) -> RequestKey:
    """The key with its fingerprint under the ring of addresses where one is named, else as it is.

    Its others are those by the ring's other keys, and the plain one: so the release before kept it, for 30 days.
    """
    if all(each.target_email is None for each in wanted):
        return key
    ring = address_ring()
    current, *older = [ring.hmac(_PURPOSE, key.fingerprint, key_id) for key_id in ring.key_ids]
    return replace(key, fingerprint=current, other_fingerprints=(*older, key.fingerprint))
