"""One-time codes: bound to one registration, and sealed for one event."""

import re
from typing import get_args

import pytest

from functions.user import codes
from functions.user.attempts import Mail, mails_to, mails_to_by, sign_ins_from, sign_ins_to
from functions.user.keys import notices_ring
from paycore.crypto import CannotOpen

pytestmark = pytest.mark.usefixtures("key_rings")


class TestCode:
    def test_is_beyond_guessing(self) -> None:
        made = {codes.new_code() for _ in range(100)}
        assert len(made) == 100
        assert all(re.fullmatch(r"[a-hjkmnp-z2-9]{5}-[a-hjkmnp-z2-9]{5}", code) for code in made)

    def test_fits_its_own_registration_only(self) -> None:
        kept = codes.kept_form("reg_1", "123456")
        assert codes.matches("reg_1", "123456", kept)
        assert not codes.matches("reg_2", "123456", kept)
        assert not codes.matches("reg_1", "123457", kept)
        assert "123456" not in kept

    def test_of_a_phone_fits_with_its_own_number_only(self) -> None:
        kept = codes.kept_form("otc_1", "abcde-fghjk", "+4915112345678")
        assert codes.matches("otc_1", "abcde-fghjk", kept, "+4915112345678")
        assert not codes.matches("otc_1", "abcde-fghjk", kept, "+4915112345679")
        assert not codes.matches("otc_1", "abcde-fghjk", kept)

    def test_opens_in_its_own_event_only(self) -> None:
        sealed = codes.sealed_for_notice("123456", "evt_1")
        assert notices_ring().open("one-time-code", sealed, "evt_1") == "123456"
        with pytest.raises(CannotOpen):
            notices_ring().open("one-time-code", sealed, "evt_2")


class TestInvitationCode:
    def test_is_long_and_cannot_be_misread(self) -> None:
        made = {codes.new_invitation_code() for _ in range(100)}
        assert len(made) == 100
        assert all(re.fullmatch(r"[a-hjkmnp-z2-9]{5}(-[a-hjkmnp-z2-9]{5}){3}", code) for code in made)


class TestAttempts:
    def test_a_counter_tells_nobody_whose_it_is(self) -> None:
        assert "anna" not in sign_ins_to("anna@example.com").key
        assert "192.0.2.1" not in sign_ins_from("192.0.2.1").key

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ("192.0.2.1", "192.0.2.1", True),
            ("192.0.2.1", "192.0.2.2", False),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ],
    )
    def test_a_source_is_an_address_or_a_household(self, one: str, other: str, same: bool) -> None:
        assert (sign_ins_from(one).key == sign_ins_from(other).key) is same

    def test_a_mail_uses_up_none_of_another_purpose(self) -> None:
        counters = [mails_to("x", mail) for mail in get_args(Mail)]
        counters += [mails_to_by("x", mail, "192.0.2.1") for mail in get_args(Mail)]
        assert len({each.key for each in counters}) == 2 * len(get_args(Mail))

    def test_kinds_count_apart(self) -> None:
        assert sign_ins_to("x").key.split(".")[-1] != sign_ins_from("192.0.2.1").key.split(".")[-1]
