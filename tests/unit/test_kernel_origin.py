"""What events say of the address that a request came from."""

import pytest

from paycore.origin import Origin


class TestNetwork:
    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("203.0.113.77", "203.0.113.0/24"),
            ("127.0.0.1", "127.0.0.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
            ("::1", "::/48"),
        ],
    )
    def test_is_wider_than_a_person(self, address: str, network: str) -> None:
        assert Origin(address, "request").network == network
