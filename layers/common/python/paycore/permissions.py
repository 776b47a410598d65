"""What a role permits: the one table of rights, `resource:action` each.

A person has the rights of all their roles, and everybody is a user. What a user may do, they may do with what is their
own; `..._any` is the same right over what belongs to others. Asked through `paycore.caller`.
"""

from collections.abc import Mapping
from typing import Literal, get_args

Role = Literal["user", "merchant", "admin"]

_User = Literal[
    "account:close",
    "account:export",
    "email:change",
    "kyc:request",
    "mfa:read",
    "mfa:write",
    "notifications:read",
    "notifications:write",
    "password:change",
    "payment_methods:read",
    "payment_methods:write",
    "payments:create",
    "payments:read",
    "phone:verify",
    "profile:read",
    "profile:write",
    "quotes:create",
    "refunds:create",
    "refunds:read",
    "schedules:read",
    "schedules:write",
    "sessions:end",
    "sessions:read",
    "transactions:capture",
    "transactions:convert",
    "transactions:hold",
    "transactions:read",
    "transactions:reverse",
    "transactions:transfer",
    "transactions:void",
    "wallets:close",
    "wallets:read",
    "wallets:write",
]
_Admin = Literal[
    "exchange_rates:write",
    "funds:add",
    "funds:deduct",
    "kyc:decide",
    "ledger:verify",
    "mfa:reset",
    "payments:read_any",
    "pii:read",
    "refunds:create_any",
    "refunds:read_any",
    "spending_limits:exceed",
    "spending_limits:read",
    "spending_limits:write",
    "transactions:capture_any",
    "transactions:read_any",
    "transactions:reverse_any",
    "transactions:void_any",
    "users:read",
    "users:write",
    "wallets:close_any",
    "wallets:freeze",
    "wallets:limit",
    "wallets:read_any",
    "wallets:reopen",
    "wallets:stripe",
    "wallets:unfreeze",
    "wallets:write_any",
]
_Merchant = Literal[
    "api_keys:read",
    "api_keys:write",
]
Permission = Literal[_User, _Merchant, _Admin]
# What an API key can be for: what its owner does with money and what belongs to it, never the account itself.
Scope = Literal[
    "notifications:read",
    "payment_methods:read",
    "payments:create",
    "payments:read",
    "profile:read",
    "quotes:create",
    "refunds:create",
    "refunds:read",
    "schedules:read",
    "schedules:write",
    "transactions:capture",
    "transactions:convert",
    "transactions:hold",
    "transactions:read",
    "transactions:reverse",
    "transactions:transfer",
    "transactions:void",
    "wallets:read",
    "wallets:write",
]

SCOPES: frozenset[Scope] = frozenset(get_args(Scope))
ROLES: Mapping[Role, frozenset[Permission]] = {
    "user": frozenset(get_args(_User)),
    "merchant": frozenset(get_args(_Merchant)),
    "admin": frozenset(get_args(_Admin)),
}
