"""Passwords: what is acceptable, and that a kept one is recognised and nothing else is."""

import unicodedata
from types import SimpleNamespace

import bcrypt
import pytest

from functions.user import passwords
from paycore.crypto import KeyRing

pytestmark = pytest.mark.usefixtures("key_rings")
EMAIL = "anna.smith@example.com"
GOOD = "correct horse 42"


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """What bcrypt costs is no matter of these rules."""
    monkeypatch.setattr(passwords, "COST", 4)


class TestFaultOf:
    @pytest.mark.parametrize(
        "password",
        [
            GOOD,
            "k7#fQ2xz9!Lm",  # exactly 12
            "é" * 6 + "ßöäüñç",
            "🦊🐙🦉🐝🐢🐳🦀🐌🦋🐞🐸🦔",  # 12 characters, 48 bytes
            "ox car gum " * 11 + "1830592",  # exactly 128
            "my passwords are long",
            "4829017364 abc",
            "al and bob went home",
        ],
    )
    def test_accepts(self, password: str) -> None:
        assert passwords.fault_of(password, EMAIL) is None

    def test_a_short_local_part_spoils_nothing(self) -> None:
        assert passwords.fault_of("calm and tall trees", "al@example.com") is None

    @pytest.mark.parametrize(
        ("password", "fault"),
        [
            ("", "too_short"),
            ("k7#fQ2xz9!L", "too_short"),
            (unicodedata.normalize("NFD", "é" * 11), "too_short"),  # 22 code points, 11 characters
            ("x7#f" * 32 + "1", "too_long"),
            ("password1234", "too_common"),
            ("PassWord1234!", "too_common"),
            ("P@ssword-2026", "too_common"),
            ("Welcome!!!!2026", "too_common"),
            ("1Q2W3E4R5T6Y", "too_common"),
            ("123456789012", "too_common"),
            ("abcdefghijklm", "too_common"),
            ("lkjhgfdsapoiuytrewq"[:9] + "poiuytrewq", "too_common"),
            ("poiuytrewq12", "too_common"),
            ("qwertyuiopas", "too_common"),
            ("azertyuiopqs", "too_common"),
            ("asdfghqwerty", "too_common"),
            ("1qaz2wsx3edc", "too_common"),
            ("xsw21qazxsw2", "too_common"),
            ("123qweasdzxc", "too_common"),
            ("abcd-1234-efgh", "too_common"),
            ("correct horse battery", "too_common"),
            ("Correct-Horse-Battery-Staple", "too_common"),
            ("correcthorsebatterystaple1", "too_common"),
            ("correct horse 42 battery", None),
            ("to be or not to be", "too_common"),
            ("May the force be with you!", "too_common"),
            ("P@ssw0rd P@55w0rd", "too_common"),
            ("AdminPassword2026", "too_common"),
            ("Summer2025Summer", "too_common"),
            ("iloveyou forever", "too_common"),
            ("football monkey", "too_common"),
            ("my dragon loves cheese", None),
            ("happy friends love cheese dog", None),
            ("qwertyuiop[]", "too_common"),
            ("][poiuytrewq", "too_common"),
            ("correcthorse" * 2, "too_common"),
            ("abab1abab1abab1", "too_common"),
            (" " * 12, "too_common"),
            ("aaaabbbbccccdddd", "too_common"),
            ("my Paycore money", "too_personal"),
            ("\uff50\uff41\uff59\uff43\uff4f\uff52\uff45 ftw 2026", "too_personal"),
            ("Anna.Smith rocks", "too_personal"),
            ("x anna.smith@example.com", "too_personal"),
        ],
    )
    def test_judges(self, password: str, fault: str | None) -> None:
        assert passwords.fault_of(password, EMAIL) == fault

    def test_the_list_holds_only_what_the_length_lets_through(self) -> None:
        listed = passwords._lines("common_passwords.txt")
        assert len(listed) > 100
        assert all(len(each) >= passwords.LENGTH_MIN and each == each.casefold() for each in listed)


@pytest.mark.usefixtures("cheap")
class TestMatches:
    @pytest.mark.parametrize(
        "password",
        [GOOD, "é" * 40, "🦊" * 19, "a\0b" * 10, "x" * 73, "x" * 128, "y" * 10_000],
        ids=["plain", "80 bytes", "76 bytes", "NUL inside", "73", "128", "10,000"],
    )
    def test_a_kept_password_is_recognised_whatever_its_length(self, password: str) -> None:
        kept = passwords.kept_form(password)
        assert passwords.matches(password, kept)
        assert not passwords.matches(password + "!", kept)
        assert not passwords.matches(password[:-1], kept)

    def test_what_follows_byte_72_counts(self) -> None:
        assert not passwords.matches("x" * 72 + "b", passwords.kept_form("x" * 72 + "a"))

    def test_what_follows_a_nul_counts(self) -> None:
        assert not passwords.matches("abc\0" + "b" * 12, passwords.kept_form("abc\0" + "a" * 12))

    def test_composed_and_decomposed_letters_are_the_same(self) -> None:
        kept = passwords.kept_form(unicodedata.normalize("NFD", "Müßiggängerin 7"))
        assert passwords.matches(unicodedata.normalize("NFC", "Müßiggängerin 7"), kept)

    def test_the_same_password_is_kept_in_another_form_each_time(self) -> None:
        assert passwords.kept_form(GOOD) != passwords.kept_form(GOOD)

    def test_one_hash_finds_a_password_among_all_registrations_of_an_address(self) -> None:
        pending = passwords.pending_form(GOOD, EMAIL)
        assert pending == passwords.pending_form(GOOD, EMAIL)
        assert passwords.matches(GOOD, pending)
        assert pending != passwords.pending_form(GOOD + "!", EMAIL)
        other = passwords.pending_form(GOOD, "ben@example.com")
        assert pending[:32] != other[:32]  # the salt, too

    def test_nobody_has_no_password(self) -> None:
        assert not passwords.matches(GOOD, None)

    @pytest.mark.parametrize(
        "kept",
        ["", "k2", "k2.", "k2.secret", "k9.$2b$04$" + "a" * 53, "current.$2b$04$" + "a" * 53, "$2b$12$" + "a" * 53],
    )
    def test_a_damaged_hash_lets_nobody_in_and_raises_the_alarm(
        self, kept: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert not passwords.matches(GOOD, kept)
        assert "cannot be read" in caplog.text

    def test_a_hash_by_an_older_pepper_still_opens(self, monkeypatch: pytest.MonkeyPatch) -> None:
        old = KeyRing({"current": "k1", "k1": "a" * 64})
        with monkeypatch.context() as patch:
            patch.setattr(passwords, "identity_ring", lambda: old)
            kept = passwords.kept_form(GOOD)
        assert kept.startswith("k1.")
        assert passwords.matches(GOOD, kept)

    def test_without_the_pepper_the_table_is_worthless(self, monkeypatch: pytest.MonkeyPatch) -> None:
        kept = passwords.kept_form(GOOD)
        monkeypatch.setattr(passwords, "identity_ring", lambda: KeyRing({"current": "k2", "k2": "z" * 64}))
        assert not passwords.matches(GOOD, kept)
        assert not bcrypt.checkpw(GOOD.encode(), kept.partition(".")[2].encode())


class TestCost:
    def test_an_unknown_address_costs_as_much_as_a_known_one(self) -> None:
        assert passwords.COST == 12
        assert passwords._NOBODY.startswith(f"$2b${passwords.COST}$")
        for kept in (passwords.kept_form(GOOD), passwords.pending_form(GOOD, EMAIL)):
            assert kept.startswith(f"k2.$2b${passwords.COST}$")

    @pytest.mark.parametrize("kept", [None, "", "k2.secret", "k9.$2b$04$" + "a" * 53])
    def test_what_cannot_be_read_costs_as_much_as_an_unknown_address(
        self, kept: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        compared: list[bytes] = []

        def checkpw(_: bytes, hashed: bytes) -> bool:
            compared.append(hashed)
            return hashed != passwords._NOBODY.encode() and bcrypt.checkpw(b"", hashed)

        monkeypatch.setattr(passwords, "bcrypt", SimpleNamespace(checkpw=checkpw))
        assert not passwords.matches(GOOD, kept)
        assert compared[-1] == passwords._NOBODY.encode()
