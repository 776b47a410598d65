"""Bodies of the user API: exact types, known names, and no submitted value in a refusal."""

from typing import Any

import pytest
from pydantic import ValidationError

from functions.user.schemas import ChangeProfile, ChangeUser, LogIn, Register
from paycore.fields import StrictModel

GOOD: dict[str, Any] = {"email": "Anna@Example.com", "password": "correct horse 42", "full_name": " Anna "}


class TestBodies:
    def test_a_registration_is_read_in_its_normal_form(self) -> None:
        read = Register.model_validate(GOOD)
        assert (read.email, read.full_name, read.locale, read.phone) == ("anna@example.com", "Anna", "en", None)

    @pytest.mark.parametrize(
        ("change", "field", "kind"),
        [
            ({"email": "anna"}, "email", "email_address"),
            ({"email": "a" * 400 + "@example.com"}, "email", "string_too_long"),
            ({"email": 1}, "email", "string_type"),
            ({"password": "short"}, "password", "password_too_short"),
            ({"password": "x7#f" * 33}, "password", "password_too_long"),
            ({"password": "x7#f" * 200}, "password", "string_too_long"),
            ({"password": "password1234"}, "password", "password_too_common"),
            ({"password": "anna is the best"}, "password", "password_too_personal"),
            ({"password": None}, "password", "string_type"),
            ({"full_name": ""}, "full_name", "string_too_short"),
            ({"full_name": "   "}, "full_name", "blank"),
            ({"full_name": "A" * 101}, "full_name", "string_too_long"),
            ({"full_name": "A\nB"}, "full_name", "control_character"),
            ({"full_name": "4242 4242 4242 4242"}, "full_name", "card_number"),
            ({"phone": "015112345678"}, "phone", "string_pattern_mismatch"),
            ({"phone": "+49 151 12345678"}, "phone", "string_pattern_mismatch"),
            ({"phone": "+٤٩١٥١١٢٣٤٥٦٧٨"}, "phone", "string_pattern_mismatch"),
            ({"phone": "+4915112345678\n"}, "phone", "string_pattern_mismatch"),
            ({"locale": "deutsch"}, "locale", "string_pattern_mismatch"),
            ({"locale": None}, "locale", "string_type"),
            ({"roles": ["admin"]}, "roles", "extra_forbidden"),
            ({"is_admin": True}, "is_admin", "extra_forbidden"),
        ],
    )
    def test_a_bad_registration_is_refused_where_it_is_bad(self, change: dict[str, Any], field: str, kind: str) -> None:
        with pytest.raises(ValidationError) as refusal:
            Register.model_validate(GOOD | change)
        faults = refusal.value.errors()
        assert [(fault["loc"], fault["type"]) for fault in faults] == [((field,), kind)]
        assert all(str(value) not in faults[0]["msg"] for value in change.values() if len(str(value)) > 4)

    @pytest.mark.parametrize(
        ("model", "body"),
        [
            (LogIn, {"email": "anna@example.com", "password": ""}),
            (LogIn, {"email": "anna@example.com", "password": "x", "mfa": "1"}),
            (ChangeProfile, {"full_name": None}),
            (ChangeProfile, {"full_name": ""}),
            (ChangeProfile, {"locale": ""}),
            (ChangeProfile, {"email": "new@example.com"}),
            (ChangeProfile, {"roles": ["admin"]}),
            (ChangeProfile, {"version": 1}),
            (ChangeUser, {"roles": ["user"]}),
            (ChangeUser, {"roles": ["root"], "reason": "x"}),
            (ChangeUser, {"roles": "admin", "reason": "x"}),
            (ChangeUser, {"status": "deleted", "reason": "x"}),
            (ChangeUser, {"status": "disabled", "reason": ""}),
        ],
    )
    def test_other_bad_bodies_are_refused(self, model: type[StrictModel], body: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            model.model_validate(body)
