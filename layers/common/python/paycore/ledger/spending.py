"""What commands of people who spend share: who they are to the ledger, and which limits hold for them."""

from typing import Any

from paycore import ids
from paycore.caller import Caller
from paycore.request_key import RequestKey


def limited_as(caller: Caller) -> dict[str, Any]:
    """The fields of a spending command that tell which limits hold; no role for who may exceed them all."""
    role = "merchant" if "merchant" in caller.roles else "user"
    exceeds = caller.may("spending_limits:exceed")
    return {"limit_role": None if exceeds else role, "unverified": not caller.kyc_verified}


def asked_by(caller: Caller, key: RequestKey, *, dry_run: bool = False) -> dict[str, Any]:
    """The fields of a command that tell who asks, under a new transaction id."""
    asker = {"actor_id": caller.user_id, "unconfirmed": not caller.stepped_up}
    return {"transaction_id": ids.new("tx"), **asker, "key": key, "dry_run": dry_run}
