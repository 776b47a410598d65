"""Attacks on paths, methods, headers and origins, through the gateway (correctness tables Z, B and R)."""

import secrets

import pytest

from cdk.environments import DEV
from local.configuration import Configuration
from local.story import Person
from tests.answer_table import Row, rows
from tests.integration.belongings import parameters
from tests.integration.desk import Desk
from tests.integration.money import fund, history
from tests.integration.newcomer import Newcomer, outcome
from tests.integration.people import Town

ADMIN_ROUTE = "/v1/admin/spending-limits"


@pytest.fixture(scope="module")
def person(town: Town) -> Person:
    """Who attacks."""
    return town.person("EUR")


class TestPaths:
    @pytest.mark.parametrize(
        "path",
        [
            ADMIN_ROUTE, ADMIN_ROUTE + "/", "/v1//admin/spending-limits", "//v1/admin/spending-limits",
            "/v1/wallets/../admin/spending-limits", "/v1/wallets/%2e%2e/admin/spending-limits", "/V1/ADMIN/SPENDING-LIMITS",
            ADMIN_ROUTE + ";x=1", ADMIN_ROUTE + "%00", ADMIN_ROUTE + "%2f", ADMIN_ROUTE + ".json", "/v1/admin%2fspending-limits",
            "/live/v1/admin/spending-limits", "/v1/auth/../admin/spending-limits", "/v1/auth/%2e%2e/admin/spending-limits",
        ],
    )  # fmt: skip
    def test_no_other_spelling_opens_an_admin_s_route(self, person: Person, town: Town, path: str) -> None:
        assert person.client.request("GET", path).status in (403, 404)
        assert town.stranger().request("GET", path).status in (401, 404)

    @pytest.mark.parametrize("row", [row for row in rows() if parameters(row.path)], ids=str)
    def test_a_nul_names_nothing(self, admin: Person, row: Row) -> None:
        for name in parameters(row.path):
            path = row.path.format_map({**dict.fromkeys(parameters(row.path), "x"), name: "a%00"})
            answer = admin.client.request(row.method, path, key=secrets.token_hex(8))
            assert outcome(answer) == (404, "not_found"), name

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "HEAD", "FOO"])
    def test_a_method_that_is_not_there_does_nothing(self, person: Person, method: str) -> None:
        assert person.client.request(method, "/v1/wallets").status in (400, 403, 404, 405)

    @pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
    def test_a_header_changes_no_method(self, person: Person, header: str) -> None:
        path = f"/v1/wallets/{person.wallet_id}"
        assert person.client.request("GET", path, headers={header: "DELETE"}).body["state"] == "active"
        answer = person.client.request("POST", path, {}, headers={header: "PATCH"})
        assert outcome(answer) == (405, "method_not_allowed")
        assert answer.headers["allow"] == "GET, PATCH"


class TestInstants:
    @pytest.mark.parametrize("instant", ["0001-01-01T00:00:00Z", "0236-09-08T19:08:40Z", "1900-01-01T00:00:00%2B14:00",
                                         "1970-01-01T00:00:00Z", "2024-01-01T00:00:00-23:59"])  # fmt: skip
    def test_of_long_ago_have_all_behind_them(self, payer: Person, admin: Person, instant: str) -> None:
        fund(admin, payer.wallet_id, 1)
        assert len(history(payer, f"created_gte={instant}")) == 1
        assert history(payer, f"created_lt={instant}") == []

    @pytest.mark.parametrize("instant", ["3408-08-17T23:21:59%2B21:31", "9999-12-31T23:59:59Z"])
    def test_of_far_ahead_have_all_before_them(self, payer: Person, admin: Person, instant: str) -> None:
        fund(admin, payer.wallet_id, 1)
        assert len(history(payer, f"created_lt={instant}")) == 1
        assert history(payer, f"created_gte={instant}") == []

    @pytest.mark.parametrize(
        "instant", ["2024-08-17T23:21:59%2B21:31", "2024-01-01T00:00:00-23:59", "2024-01-01t00:00:00z"]
    )
    @pytest.mark.parametrize("query", ["balance?at={}", "statement?from={}&to=2024-08-19T00:00:00Z"])
    def test_of_any_displacement_are_read_by_a_wallet(self, person: Person, query: str, instant: str) -> None:
        path = f"/v1/wallets/{person.wallet_id}/{query.format(instant)}"
        assert person.client.request("GET", path).status == 200

    @pytest.mark.parametrize("instant", ["9999-12-31T23:59:59-01:00", "2026-01-01T00:00:00%2B25:00", "0000-00-00"])
    @pytest.mark.parametrize("path", ["transactions?created_lt={}", "wallets/{wallet}/balance?at={}"])
    def test_that_are_none_are_refused(self, person: Person, path: str, instant: str) -> None:
        answer = person.client.request("GET", "/v1/" + path.format(instant, wallet=person.wallet_id))
        assert outcome(answer) == (400, "invalid_parameter")

    def test_at_the_ends_of_the_calendar_are_before_and_after_all_that_was(self, person: Person) -> None:
        wallet = f"/v1/wallets/{person.wallet_id}"
        first = person.client.request("GET", f"{wallet}/balance?at=0001-01-01T00:00:00Z")
        assert (first.status, first.body["posted"]) == (200, 0)
        period = "from=0001-01-01T00:00:00Z&to=0001-02-01T00:00:00Z"
        assert person.client.request("GET", f"{wallet}/statement?{period}").body["rows"] == []
        last = person.client.request("GET", f"{wallet}/balance?at=9999-12-31T23:59:59.999999Z")
        assert outcome(last) == (400, "invalid_parameter")


class TestHeaders:
    @pytest.mark.parametrize(
        "name",
        [
            "X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Forwarded",
            "X-Cluster-Client-IP", "Fastly-Client-IP", "Via",
        ],
    )  # fmt: skip
    def test_no_header_chooses_the_address_that_is_counted(self, town: Town, name: str) -> None:
        stranger = town.stranger()
        left = []
        for _ in range(3):
            spoofed = f"10.{secrets.randbelow(250)}.0.1"
            value = f"for={spoofed}" if name == "Forwarded" else spoofed
            answer = stranger.request("GET", "/.well-known/jwks.json", headers={name: value})
            left.append(answer.headers["ratelimit"].split(";")[1])
        assert left == ["r=99", "r=98", "r=97"]

    def test_nor_the_one_that_guesses_are_counted_for(self, platform: Configuration, desk: Desk) -> None:
        client = Newcomer(desk, platform.ports.gateway).client
        codes = []
        for number in range(21):
            body = {"email": f"nobody.{secrets.token_hex(6)}@example.com", "password": "not the password at all"}
            spoofed = {"X-Forwarded-For": f"10.0.0.{number}", "Forwarded": f"for=10.0.0.{number}"}
            codes.append(client.request("POST", "/v1/auth/login", body, headers=spoofed).status)
        assert codes == [401] * 20 + [429]

    @pytest.mark.parametrize(
        "headers",
        [
            {"X-User-Id": "usr_1"}, {"X-Amzn-Oidc-Data": "x"}, {"X-Amzn-RequestId": "mine"}, {"Request-Id": "mine"},
            {"X-Forwarded-Prefix": "/v1/auth"}, {"X-Original-URL": ADMIN_ROUTE}, {"X-Rewrite-URL": ADMIN_ROUTE},
            {"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"X-Roles": "admin"},
        ],
        ids=lambda headers: next(iter(headers)),
    )  # fmt: skip
    def test_none_is_believed(self, person: Person, headers: dict[str, str]) -> None:
        plain, dressed = (person.client.request("GET", "/v1/users/me", headers=each) for each in ({}, headers))
        assert (plain.status, plain.body) == (dressed.status, dressed.body)
        assert dressed.headers["request-id"] != "mine"
        refused = person.client.request("GET", ADMIN_ROUTE, headers=headers)
        assert outcome(refused) == (403, "forbidden")
        assert b"evil" not in refused.raw

    def test_none_makes_one_request_of_many(self, town: Town) -> None:
        """API Gateway takes a client's X-Amzn-RequestId for its own requestId."""
        stranger = town.stranger()
        same = {"X-Amzn-RequestId": "a"}
        answers = [stranger.request("GET", "/.well-known/jwks.json", headers=same) for _ in range(101)]
        assert {each.headers["x-amzn-requestid"] for each in answers} == {"a"}
        assert [each.status for each in answers] == [200] * 100 + [429]
        assert len({each.headers["request-id"] for each in answers}) == 101

    @pytest.mark.parametrize(
        ("headers", "path", "status"),
        [
            ({"X-Large": "a" * 64_000}, "/v1/users/me", 431),
            ({f"X-{number}": "a" * 500 for number in range(40)}, "/v1/users/me", 431),
            ({}, "/v1/users/me?q=" + "a" * 10_000, 414),
            ({"Idempotency-Key": "a" * 5000}, "/v1/users/me", 200),
            ({"Accept": "text/xml", "User-Agent": "%s {0.__class__} ${jndi:x}"}, "/v1/users/me", 200),
        ],
        ids=["one large", "many", "long target", "a key that nobody reads", "odd"],
    )
    def test_of_any_size_meet_no_failure(self, person: Person, headers: dict[str, str], path: str, status: int) -> None:
        answer = person.client.request("GET", path, headers=headers)
        assert answer.status == status
        assert answer.body.get("status") in (status, "active")
        assert b"aaaa" not in answer.raw


class TestOrigins:
    ORIGINS = (
        "https://evil.example",
        "null",
        "https://localhost.evil.example",
        "http://localhost:3000.evil.example",
        "*",
    )

    @pytest.mark.parametrize("origin", ORIGINS)
    @pytest.mark.parametrize("path", ["/v1/users/me", "/v1/wallets/x", "/v1/users/me?nothing=1"])
    def test_a_foreign_page_may_not_read_an_answer(self, person: Person, origin: str, path: str) -> None:
        answer = person.client.request("GET", path, headers={"Origin": origin})
        assert [name for name in answer.headers if name.startswith("access-control-allow-")] == []

    @pytest.mark.parametrize("header", ["X-Evil", "Cookie", "Authorization, X-Evil"])
    def test_a_preflight_allows_only_what_is_listed(self, town: Town, header: str) -> None:
        (origin, *_) = DEV.cors_origins
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": header}
        answer = town.stranger().request("OPTIONS", "/v1/wallets", headers=asked)
        assert outcome(answer) == (400, "preflight_refused")
        good = town.stranger().request(
            "OPTIONS", "/v1/wallets", headers={**asked, "Access-Control-Request-Headers": "Authorization"}
        )
        assert (good.status, good.headers["access-control-allow-origin"]) == (200, origin)
        assert "access-control-allow-credentials" not in good.headers
