"""Every refusal is a contract: one code, one status, one sentence."""

from paycore.errors import PaymentError, all_errors
from paycore.http import problem  # noqa: F401  # registers InternalError


class TestErrors:
    def test_each_has_a_code_of_its_own(self) -> None:
        assert len(all_errors()) == len(PaymentError.__subclasses__())

    def test_each_says_what_happened_with_a_client_or_server_status(self) -> None:
        for error in all_errors().values():
            assert 400 <= error.status < 600
            assert error.detail.endswith(".")
            assert error.code == error.code.lower()
            assert error.retryable == (error.status in (429, 500, 503) or error.code == "idempotency_in_progress")
