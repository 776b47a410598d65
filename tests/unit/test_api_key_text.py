"""The text of an API key: made, and told from what is none."""

import re

import pytest

from paycore.api_key_text import SCHEME, SHOWN_CHARACTERS, digest, is_well_formed, new_key

KEY = new_key()
NO_KEYS = {
    "nothing": "",
    "the scheme alone": "sk_",
    "too short": KEY[:-1],
    "too long": KEY + "0",
    "another scheme": KEY.replace("sk_", "pk_"),
    "another character": KEY[:10] + ("a" if KEY[10] != "a" else "b") + KEY[11:],
    "another last character": KEY[:-1] + ("a" if KEY[-1] != "a" else "b"),
    "a line in it": KEY[:20] + "\n" + KEY[21:],
    "a line after it": KEY + "\n",
    "a digit of another script": KEY[:20] + "\u0661" + KEY[21:],
    "another case": KEY.upper(),
}


class TestNewKey:
    def test_is_a_long_text_without_marks(self) -> None:
        assert re.fullmatch(r"sk_[0-9A-Za-z]{49}", KEY)
        assert is_well_formed(KEY)

    def test_is_another_each_time(self) -> None:
        assert len({new_key() for _ in range(100)}) == 100

    def test_shows_little_of_itself(self) -> None:
        assert SHOWN_CHARACTERS - len(SCHEME) == 5  # 30 of 256 bits

    def test_is_kept_as_its_sha_256(self) -> None:
        assert digest("sk_x") == "4bd38db59bc5414db2c0b735424be0364fbe7a7968139a73b5d6bad473f1aabc"


class TestForm:
    @pytest.mark.parametrize("text", NO_KEYS.values(), ids=NO_KEYS.keys())
    def test_of_anything_else_is_seen(self, text: str) -> None:
        assert not is_well_formed(text)

    def test_shows_two_characters_that_changed_places(self) -> None:
        place = next(n for n in range(5, 40) if KEY[n] != KEY[n + 1])
        assert not is_well_formed(KEY[:place] + KEY[place + 1] + KEY[place] + KEY[place + 2 :])
