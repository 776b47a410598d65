"""One normal form for each mailbox, and no look-alikes."""

import pytest

from paycore.email_address import MalformedAddress, normal_form


def full_width(text: str) -> str:
    """The same letters as an East Asian keyboard may write them."""
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


class TestNormalForm:
    @pytest.mark.parametrize(
        ("text", "form"),
        [
            ("anna@example.com", "anna@example.com"),
            ("Anna@Example.COM", "anna@example.com"),
            ("  anna@example.com ", "anna@example.com"),
            (full_width("anna@example.com"), "anna@example.com"),
            ("a.n.na+tag@example.com", "a.n.na+tag@example.com"),
            ("o'neil_{x}@mail.example.co.uk", "o'neil_{x}@mail.example.co.uk"),
            ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
            ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
            (
                f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 56}.com",
                f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 56}.com",
            ),
        ],
    )
    def test_is_one_for_all_spellings(self, text: str, form: str) -> None:
        assert normal_form(text) == form
        assert normal_form(form) == form

    @pytest.mark.parametrize(
        "text",
        [
            "", " ", "anna", "@example.com", "anna@", "anna@example", "anna@@example.com", "a b@example.com",
            "anna@example.com\nBcc: x@y.zz", "anna@example.com\r", "anna\0@example.com", "<anna@example.com>",
            "anna@example.com, ben@example.com", ".anna@example.com", "anna.@example.com", "an..na@example.com",
            "anna@-example.com", "anna@example-.com", "anna@example..com", "anna@example.com.", "anna@[127.0.0.1]",
            "anna@127.0.0.1", '"anna"@example.com', "anna@exa_mple.com", "a" * 65 + "@example.com",
            "a@" + "b" * 64 + ".com", "a@" + "bcdefghij." * 26 + "com",
            "İnci@example.com", "strauß@example.com", "\u0430nna@example.com",  # the last begins with a Cyrillic letter
            "anna@ex\u0430mple.com", "anna\u200b@example.com", "\u202eanna@example.com", "müller@example.com",
        ],
    )  # fmt: skip
    def test_refuses(self, text: str) -> None:
        with pytest.raises(MalformedAddress):
            normal_form(text)
