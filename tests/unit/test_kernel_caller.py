"""What somebody may do is what their roles permit, and an admin's own rights need exact limits."""

import pytest

from paycore.caller import Caller
from paycore.errors import Forbidden, SecondFactorRequired, Unavailable
from paycore.permissions import Permission

ADMINS: tuple[Permission, ...] = ("wallets:read_any", "funds:add")


def caller(*roles: str, exact: bool = True, factor: bool = True) -> Caller:
    return Caller("usr_00000000000000000000000001", "ses", frozenset(roles), exact, factor)


class TestCaller:
    @pytest.mark.parametrize("roles", [("user",), ("user", "merchant"), ("user", "auditor")])
    def test_may_what_a_role_of_theirs_permits_and_no_more(self, roles: tuple[str, ...]) -> None:
        assert caller(*roles).may("wallets:read")
        assert not caller(*roles).may("wallets:read_any")
        with pytest.raises(Forbidden):
            caller(*roles).require("funds:add")

    def test_has_the_rights_of_all_roles(self) -> None:
        admin = caller("user", "admin")
        assert admin.may("wallets:read")
        assert admin.may("wallets:read_any")
        admin.require("funds:add")

    def test_without_a_role_may_nothing(self) -> None:
        assert not caller().may("wallets:read")

    def test_without_a_second_factor_an_admin_is_a_user(self) -> None:
        admin = caller("user", "admin", factor=False)
        assert admin.may("wallets:read")
        assert not admin.may("wallets:read_any")
        with pytest.raises(SecondFactorRequired):
            admin.require("funds:add")
        with pytest.raises(Forbidden):
            admin.require("api_keys:read")
        with pytest.raises(Forbidden):
            caller("user", factor=False).require("funds:add")

    def test_an_admin_s_rights_are_closed_while_limits_are_guesses(self) -> None:
        admin = caller("user", "admin", exact=False)
        assert admin.may("wallets:read")
        with pytest.raises(Unavailable):
            admin.may("wallets:read_any")
        with pytest.raises(Unavailable):
            admin.require("funds:add")
        assert not caller("user", exact=False).may("funds:add")

    def test_while_limits_are_guesses_an_admin_without_a_second_factor_is_a_user(self) -> None:
        admin = caller("user", "admin", exact=False, factor=False)
        assert admin.may("wallets:read")
        assert not admin.may("wallets:read_any")
        with pytest.raises(SecondFactorRequired):
            admin.require("funds:add")

    @pytest.mark.parametrize("exact", [True, False])
    def test_a_key_is_asked_for_no_second_factor_by_what_is_none_of_its_scopes(self, exact: bool) -> None:
        roles = frozenset({"user", "merchant", "admin"})
        key = Caller("usr_00000000000000000000000001", "key", roles, exact, scopes=frozenset({"wallets:read"}))
        assert key.may("wallets:read")
        for permission in ADMINS:
            assert not key.may(permission)
            with pytest.raises(Forbidden):
                key.require(permission)
