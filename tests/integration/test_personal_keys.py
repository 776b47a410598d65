"""Keys of people: for one person and one field, renewed under new keys of the rings; and the index of addresses."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from functions.migrate.migrate import migrate
from functions.user.renew_personal_keys import renew_personal_keys
from local.configuration import Configuration
from local.secrets import database_logins
from local.services.postgres import OWNER, connect
from paycore import crypto
from paycore.crypto import CannotOpen, KeyRing
from paycore.database import engine
from paycore.directory import address_of
from paycore.email_index import address_hmacs
from paycore.personal_data import PersonalData, PersonalKey
from tests.integration.keeping import (
    ACTIVE,
    ADDED,
    DATABASE,
    FIRST,
    PHONE,
    RETIRED,
    Rings,
    found,
    open_account,
    register,
    rows,
    verify,
)
from tests.integration.outbox_desk import as_function, own_database
from tests.integration.paying import Backstage


@pytest.fixture(scope="module", autouse=True)
def database(platform: Configuration) -> Iterator[None]:
    with own_database(platform, DATABASE):
        yield


@pytest.fixture
def rings(platform: Configuration, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rings]:
    """This process is a function of the user service, with a database of its own."""
    with as_function(platform, monkeypatch, "app_rw", DATABASE):
        yield Rings(monkeypatch)
    crypto.key_ring.cache_clear()


@pytest.fixture
def email() -> str:
    return f"ada.{secrets.token_hex(6)}@example.com"


class TestPersonalKey:
    @pytest.mark.usefixtures("rings")
    def test_seals_for_one_person_and_one_field(self) -> None:
        key, other = PersonalKey.make("usr_1"), PersonalKey.make("usr_2")
        sealed = key.seal("email", "ada@example.com")
        assert key.open("email", sealed) == "ada@example.com"
        for stranger, field in ((key, "phone"), (other, "email")):
            with pytest.raises(CannotOpen):
                stranger.open(field, sealed)

    @pytest.mark.usefixtures("rings")
    def test_is_wrapped_for_one_person(self) -> None:
        wrapped = PersonalKey.make("usr_1").wrapped()
        with pytest.raises(CannotOpen):
            PersonalKey.unwrap("usr_2", wrapped)

    @pytest.mark.usefixtures("rings")
    def test_never_shows_itself(self) -> None:
        key = PersonalKey.make("usr_1")
        assert repr(key) == str(key) == "PersonalKey(usr_1)"


class TestAddress:
    @pytest.mark.usefixtures("rings")
    def test_belongs_to_one_person(self, email: str) -> None:
        first = open_account(email)
        assert first is not None
        assert (first.email, first.full_name, first.phone) == (email, "Ada Lovelace", PHONE)
        assert open_account(email) is None
        assert found(email) == first.id

    @pytest.mark.parametrize("later", [ADDED, ACTIVE], ids=["a key is added", "the new key is current"])
    def test_belongs_to_one_person_while_keys_change(self, rings: Rings, email: str, later: dict[str, str]) -> None:
        first = open_account(email)
        rings.hold(later)
        assert open_account(email) is None
        rings.hold(FIRST)  # an environment that does not know the new key yet
        assert open_account(email) is None
        assert first is not None
        assert found(email) == first.id

    @pytest.mark.usefixtures("rings")
    def test_taken_at_the_same_moment_belongs_to_one(self, platform: Configuration, email: str) -> None:
        first, late = open_account(f"x{email}"), register(email)
        assert first is not None
        owner = connect(platform, platform.ports.postgres, OWNER, database_logins(platform)[OWNER], DATABASE)
        with ThreadPoolExecutor(1) as pool, closing(owner) as other:
            other.run("BEGIN")
            for hmac in address_hmacs(email):
                other.run("INSERT INTO identity.email_index VALUES (:hmac, :id)", hmac=hmac, id=first.id)
            verifying = pool.submit(verify, late, email)
            while not other.run("SELECT 1 FROM pg_locks WHERE NOT granted"):
                assert not verifying.done(), "it did not wait"
            other.run("COMMIT")
            assert verifying.result() is None
        assert found(email) == first.id


class TestRenewal:
    def test_brings_everybody_under_the_present_keys(self, rings: Rings, email: str) -> None:
        person = open_account(email)
        assert person is not None
        rings.hold(ADDED)
        renew_personal_keys()
        rings.hold(ACTIVE)
        assert renew_personal_keys()["keys"] >= 1
        assert renew_personal_keys() == {"keys": 0, "addresses": 0}
        rings.hold(RETIRED)
        assert renew_personal_keys()["addresses"] >= 1
        names = rows("SELECT hmac FROM identity.email_index WHERE user_id = :id", id=person.id)
        assert [name.partition(".")[0] for (name,) in names] == ["k2"]
        assert found(email) == person.id
        assert address_of(person.id) == PersonalData(email, "Ada Lovelace", PHONE)

    def test_what_nobody_renewed_before_the_key_went_is_lost_and_says_so(self, rings: Rings, email: str) -> None:
        person = open_account(email)
        assert person is not None
        rings.hold(RETIRED)
        assert found(email) is None
        with pytest.raises(CannotOpen):
            address_of(person.id)
        rings.hold(FIRST)
        assert address_of(person.id) is not None

    def test_is_what_an_operator_asks_a_function_for(self, backstage: Backstage) -> None:
        assert backstage.invoke("user-renew_personal_keys") == {"keys": 0, "addresses": 0}


OLD_ROWS = (
    """INSERT INTO identity.user (id, email, full_name, phone, locale, roles, password_hash)
       VALUES ('usr_old', 'ada@example.com', 'Ada Lovelace', '+491701234567', 'en', '{user}', 'hash')""",
    """INSERT INTO identity.registration (id, user_id, kind, email, full_name, locale, roles, password_hash, code_hmac,
                                          code_expires_at)
       VALUES ('reg_old', 'usr_new', 'self', 'ben@example.com', 'Ben', 'en', '{user}', 'hash', 'code',
               clock_timestamp() + interval '1 hour')""",
    """INSERT INTO identity.email_change (id, notice_id, user_id, old_email, new_email, code_hmac, expires_at)
       VALUES ('eml_new', 'eml_old', 'usr_old', 'ada@example.com', 'ada@example.org', 'code', clock_timestamp())""",
)


class TestRevision:
    def test_seals_what_stood_in_clear(self, platform: Configuration, monkeypatch: pytest.MonkeyPatch) -> None:
        with own_database(platform, "sealing_test", revision="0023"):
            with as_function(platform, monkeypatch, OWNER, "sealing_test"):
                rings = Rings(monkeypatch)
                for statement in OLD_ROWS:
                    with engine().begin() as connection:
                        connection.exec_driver_sql(statement)
                migrate()
                told = [address_of(name) for name in ("usr_old", "reg_old", "eml_new", "eml_old")]
                hmac = KeyRing(rings.ring).hmac("recipient-address", "ada@example.com")
                owner = rows("SELECT user_id FROM identity.email_index WHERE hmac = :hmac", hmac=hmac)
            crypto.key_ring.cache_clear()
        ada = PersonalData("ada@example.com", "Ada Lovelace", PHONE)
        moved = PersonalData("ada@example.org", "Ada Lovelace", PHONE)
        assert told == [ada, PersonalData("ben@example.com", "Ben", None), moved, ada]
        assert owner == [("usr_old",)]
