"""Every refusal is a contract: one code, one status, one sentence."""

from pathlib import Path

from cdk.gateway_refusals import RESPONSES
from local.gateway.responses import UNREADABLE
from paycore.errors import PaymentError, all_errors
from paycore.http import problem  # noqa: F401  # registers InternalError

REPOSITORY = Path(__file__).parents[2]


class TestErrors:
    def test_each_has_a_code_of_its_own(self) -> None:
        assert len(all_errors()) == len(PaymentError.__subclasses__())

    def test_a_code_has_one_status_whoever_gives_it(self) -> None:
        found: dict[str, set[int]] = {}
        of_functions = [(error.code, error.status) for error in all_errors().values()]
        of_gateway = [(each.code, each.status) for each in RESPONSES]
        of_front_end = [(code, status) for status, (code, _) in UNREADABLE.items()]
        for code, status in [*of_functions, *of_gateway, *of_front_end]:
            found.setdefault(code, set()).add(status)
        assert {code: statuses for code, statuses in found.items() if len(statuses) > 1} == {}
        documented = (REPOSITORY / "docs/errors.md").read_text()
        assert [code for code in found if f"`{code}`" not in documented] == []

    def test_each_says_what_happened_with_a_client_or_server_status(self) -> None:
        for error in all_errors().values():
            assert 400 <= error.status < 600
            assert error.detail.endswith(".")
            assert error.code == error.code.lower()
            assert error.retryable == (error.status in (429, 500, 503) or error.code == "idempotency_in_progress")
