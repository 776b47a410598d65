"""Routes of the local gateway: the most specific wins, what has no method is unknown."""

import pytest

from local.gateway.routes import Route, Routes, UnsupportedApi, routes_of
from tests.local_system import function, method, small_template


def route(path: str, verb: str = "ANY") -> Route:
    return Route(f"{verb} {path}", path, verb, "f", None, 29.0)


ROUTES = Routes(
    [
        route("/health"),
        route("/health/{proxy+}"),
        route("/health/user"),
        route("/v1/wallets"),
        route("/v1/wallets/{proxy+}"),
        route("/v1/wallets/{proxy+}", "OPTIONS"),
        route("/v1/users/{id}", "GET"),
        route("/v1/users/{id}/sessions"),
        route("/", "GET"),
    ]
)


class TestMatch:
    @pytest.mark.parametrize(
        ("verb", "path", "expected", "parameters"),
        [
            ("GET", "/", "GET /", None),
            ("GET", "/health", "ANY /health", None),
            ("GET", "/health/", "ANY /health", None),
            ("GET", "/health/user", "ANY /health/user", None),
            ("GET", "/health/ready", "ANY /health/{proxy+}", {"proxy": "ready"}),
            ("GET", "/health/user/more", "ANY /health/{proxy+}", {"proxy": "user/more"}),
            ("POST", "/v1/wallets/wal_1/funds/add", "ANY /v1/wallets/{proxy+}", {"proxy": "wal_1/funds/add"}),
            ("OPTIONS", "/v1/wallets/wal_1", "OPTIONS /v1/wallets/{proxy+}", {"proxy": "wal_1"}),
            ("GET", "/v1/wallets/a%20b", "ANY /v1/wallets/{proxy+}", {"proxy": "a b"}),
            ("GET", "/v1/users/usr_1", "GET /v1/users/{id}", {"id": "usr_1"}),
            ("POST", "/v1/users/usr_1/sessions", "ANY /v1/users/{id}/sessions", {"id": "usr_1"}),
        ],
    )
    def test_finds(self, verb: str, path: str, expected: str, parameters: dict[str, str] | None) -> None:
        match = ROUTES.match(verb, path)
        assert match
        assert (match.route.resource_id, match.parameters) == (expected, parameters)

    @pytest.mark.parametrize(
        ("verb", "path"),
        [
            ("POST", "/v1/users/usr_1"),
            ("POST", "/"),
            ("GET", "/v1"),
            ("GET", "/v1/users"),
            ("GET", "/V1/wallets"),
            ("GET", "/unknown"),
            ("GET", "//health"),
        ],
    )
    def test_knows_no_other(self, verb: str, path: str) -> None:
        assert ROUTES.match(verb, path) is None


class TestRoutesOf:
    def test_reads_paths_functions_and_times(self) -> None:
        resources = {"probe": function("small-probe", "probe.api_handler.handler")}
        template = small_template({**resources, **method("/a/b/{proxy+}", "probe", TimeoutInMillis=500)})
        (found,) = routes_of(template)
        assert (found.resource_path, found.method, found.function) == ("/a/b/{proxy+}", "ANY", "small-probe")
        assert (found.authorizer, found.timeout_seconds) == (None, 0.5)

    def test_refuses_what_it_could_only_answer_differently(self) -> None:
        with pytest.raises(UnsupportedApi, match="MOCK"):
            routes_of(small_template(method("/a", "probe", Type="MOCK")))
