"""What every route refuses, in the settled order, in one shape, with nothing stored and nothing echoed."""

import secrets
from contextlib import closing
from http.client import HTTPConnection

import pytest

from local.configuration import HOST, Configuration
from local.http_client import Client
from local.story import Person
from tests.integration.people import Town

SECURITY_HEADERS = {
    "strict-transport-security", "x-content-type-options", "cache-control", "content-security-policy",
    "referrer-policy",
}  # fmt: skip


@pytest.fixture(scope="module")
def person(town: Town) -> Person:
    """Somebody who sends bad requests."""
    return town.person("EUR")


class TestBodies:
    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            (b"", 400, "invalid_json"), (b"{", 400, "invalid_json"), (b"[]", 400, "invalid_json"),
            (b"null", 400, "invalid_json"), (b'{"currency":NaN}', 400, "invalid_json"),
            (b'{"currency":"EUR","currency":"USD"}', 400, "invalid_json"),
            (b'{"currency":"\xff"}', 400, "invalid_json"), (b'{"currency":"EUR"} x', 400, "invalid_json"),
            (rb'{"currency":"\ud800"}', 422, "invalid_request"), (rb'{"name":"\u0000"}', 422, "invalid_request"),
            (b'{"currency":"EUR","balance":1}', 422, "invalid_request"), (b"{}", 422, "invalid_request"),
            (b'{"currency":1}', 422, "invalid_request"), (b'{"currency":"' + b"E" * 300_000 + b'"}', 413, "body_too_large"),
            (b"[" * 50_000, 400, "invalid_json"),
        ],
    )  # fmt: skip
    def test_a_bad_body_meets_the_right_refusal(self, person: Person, body: bytes, status: int, code: str) -> None:
        answer = person.client.request("POST", "/v1/wallets", raw=body)
        assert (answer.status, answer.body["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize(
        ("body", "param"),
        [
            (b'{"currency":"EUR","metadata":{"4242 my secret":"x"}}', "/metadata"),
            (b'{"currency":"EUR","metadata":{"4242secret":7}}', "/metadata"),
            (b'{"currency":"EUR","my secret":{"a":1}}', "/"),
            (b'{"currency":7}', "/currency"),
            (rb'{"my secret":{"currency":"\u0000"}}', "/"),
            (rb'{"metadata":{"my secret":"\u0000"}}', "/metadata"),
            (rb'{"my secret":["\u0000"],"name":"\ud800"}', "/"),
        ],
    )
    def test_a_fault_is_shown_by_our_names_and_not_by_the_client_s(
        self, person: Person, body: bytes, param: str
    ) -> None:
        answer = person.client.request("POST", "/v1/wallets", raw=body)
        assert (answer.status, answer.body["errors"][0]["param"]) == (422, param)
        assert b"secret" not in answer.raw

    def test_a_wrong_metadata_filter_is_not_echoed(self, person: Person) -> None:
        answer = person.client.request("GET", "/v1/wallets?metadata[my-secret]=1&metadata[my-secret]=2")
        assert answer.status == 400
        assert b"secret" not in answer.raw

    @pytest.mark.parametrize("name", ["   ", "a\u202eb", "a\u2028b", "a\u0085b", "\uff14\uff12" * 8])
    def test_a_name_that_misleads_is_refused(self, person: Person, name: str) -> None:
        answer = person.client.request("POST", "/v1/wallets", {"currency": "EUR", "name": name})
        assert (answer.status, answer.body["errors"][0]["param"]) == (422, "/name")

    @pytest.mark.parametrize(
        "media_type", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"]
    )
    def test_another_media_type_is_refused(self, person: Person, media_type: str) -> None:
        answer = person.client.request("POST", "/v1/wallets", raw=b"{}", headers={"Content-Type": media_type})
        assert (answer.status, answer.body["code"]) == (415, "unsupported_media_type")


class TestRoutes:
    @pytest.mark.parametrize(
        ("method", "path", "status", "code"),
        [
            ("GET", "/v1/wallets/nothing/here/at/all", 404, "not_found"),
            ("PUT", "/v1/wallets", 405, "method_not_allowed"),
            ("GET", "/v1/wallets?limit=0", 400, "invalid_parameter"),
            ("GET", "/v1/wallets?limit=1.0", 400, "invalid_parameter"),
            ("GET", "/v1/wallets?limit=1&limit=2", 400, "invalid_parameter"),
            ("GET", "/v1/wallets?unknown=1", 400, "invalid_parameter"),
            ("GET", "/v1/wallets?cursor=AAAA", 400, "invalid_parameter"),
            ("GET", "/v1/wallets?cursor=", 400, "invalid_parameter"),
            ("GET", "/v1/wallets?cursor", 400, "invalid_parameter"),
            ("GET", "/v1/transactions?kind=theft", 400, "invalid_parameter"),
            ("GET", "/v1/transactions?status=", 400, "invalid_parameter"),
            ("GET", "/v1/transactions?currency=eur", 400, "invalid_parameter"),
            ("GET", "/v1/payments?status=completed", 400, "invalid_parameter"),
            ("GET", "/v1/refunds?status=refunded", 400, "invalid_parameter"),
            ("GET", "/v1/wallets/wal_00000000000000000000000000", 404, "wallet_not_found"),
            ("GET", "/v1/wallets/x", 404, "wallet_not_found"),
            ("GET", "/v1/transactions/x", 404, "transaction_not_found"),
            ("GET", "/v1/transactions/tx_00000000000000000000000000", 404, "transaction_not_found"),
        ],
    )  # fmt: skip
    def test_a_bad_request_meets_the_right_refusal(
        self, person: Person, method: str, path: str, status: int, code: str
    ) -> None:
        answer = person.client.request(method, path)
        assert (answer.status, answer.body["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers.keys() >= SECURITY_HEADERS
        assert answer.body["request_id"] == answer.headers["request-id"]

    def test_a_cursor_is_taken_in_one_spelling_only(self, town: Town) -> None:
        person = town.person("EUR")
        town_wallets = [person.client.request("POST", "/v1/wallets", {"currency": each}) for each in ("USD", "CHF")]
        assert {answer.status for answer in town_wallets} == {201}
        cursor = person.client.request("GET", "/v1/wallets?limit=1").body["next_cursor"]
        statuses = [
            person.client.request("GET", f"/v1/wallets?limit=1&cursor={spelling}").status
            for spelling in (cursor, cursor + "=", cursor + "==", cursor + "%20")
        ]
        assert statuses == [200, 400, 400, 400]

    def test_a_user_may_not_do_what_an_admin_may(self, person: Person) -> None:
        path = f"/v1/wallets/{person.wallet_id}/funds/add"
        answer = person.client.request("POST", path, raw=b"not even json", key="k")
        assert (answer.status, answer.body["code"]) == (403, "forbidden")

    def test_foreign_and_absent_look_the_same(self, person: Person, town: Town) -> None:
        other = town.person("EUR")
        foreign = person.client.request("GET", f"/v1/wallets/{other.wallet_id}")
        absent = person.client.request("GET", f"/v1/wallets/{other.wallet_id[:-3]}000")
        assert foreign.status == absent.status == 404
        assert {**foreign.body, "request_id": ""} == {**absent.body, "request_id": ""}


class TestPreflight:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
            {"Origin": "null", "Access-Control-Request-Method": "GET"},
            {"Origin": "https://evil.example", "Access-Control-Request-Method": "TRACE"},
        ],
    )
    def test_a_refused_one_is_a_problem_and_allows_nothing(self, town: Town, headers: dict[str, str]) -> None:
        answer = town.stranger().request("OPTIONS", "/v1/wallets", headers=headers)
        assert (answer.status, answer.body["code"]) == (400, "preflight_refused")
        assert answer.headers["content-type"] == "application/problem+json"
        assert [name for name in answer.headers if name.startswith("access-control-")] == []
        assert answer.headers.keys() >= SECURITY_HEADERS


class TestTokens:
    @pytest.mark.parametrize("header", [None, "", "Basic abc", "Bearer", "Bearer x.y.z", "Bearer " + "a" * 5000])
    def test_no_valid_token_is_401(self, town: Town, header: str | None, platform: Configuration) -> None:
        stranger: Client = town.stranger()
        log = platform.log_file("paycore-dev-authorizer-token")
        errors = log.read_text().count("[ERROR]")
        for _ in range(2):  # the second time the gateway remembers
            answer = stranger.request(
                "GET", "/v1/wallets", headers={"Authorization": header} if header is not None else {}
            )
            assert (answer.status, answer.body["code"]) == (401, "invalid_token" if header else "missing_token")
        assert answer.headers["www-authenticate"] == "Bearer"
        assert log.read_text().count("[ERROR]") == errors, "a bad token is no error of the authorizer"
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers.keys() >= SECURITY_HEADERS

    def test_two_tokens_are_none_whatever_the_gateway_remembers(self, town: Town) -> None:
        person = town.person()
        token = str(person.client.token)
        first = self.ask_with(person.client, token, token)
        alone = self.ask_with(person.client, town.person().client.token or "")
        assert (first, alone) == (401, 200)
        other = str(town.person().client.token)
        assert self.ask_with(person.client, other) == 200  # the gateway knows the token from now on
        assert [self.ask_with(person.client, other, other), self.ask_with(person.client, "x", other)] == [401, 401]
        assert self.ask_with(person.client, other) == 200

    def ask_with(self, client: Client, *tokens: str) -> int:
        """The status of a request with one Authorization header for each token."""
        connection = HTTPConnection(HOST, client.port, timeout=30, source_address=(client.address, 0))
        with closing(connection):
            connection.putrequest("GET", "/v1/users/me")
            for token in tokens:
                connection.putheader("Authorization", f"Bearer {token}")
            connection.endheaders()
            return connection.getresponse().status

    def test_a_client_cannot_choose_its_address(self, town: Town) -> None:
        stranger = town.stranger()
        before = stranger.request("GET", "/.well-known/jwks.json").headers["ratelimit"]
        spoofed = {"X-Forwarded-For": f"10.0.0.{secrets.randbelow(250)}", "X-Real-IP": "10.1.1.1"}
        after = stranger.request("GET", "/.well-known/jwks.json", headers=spoofed).headers["ratelimit"]
        assert before.split(";")[1] == "r=99"
        assert after.split(";")[1] == "r=98"
