"""Where a request comes from: what counters and events need to know of it."""

import ipaddress
from dataclasses import dataclass

_NETWORK_BITS = {4: 24, 6: 48}


@dataclass(frozen=True, slots=True)
class Origin:
    """`address` is the gateway's word for the source, never a header's.

    `limits_are_exact` is false while Redis is down and each environment counts alone.
    """

    address: str
    request_id: str
    limits_are_exact: bool = True

    @property
    def network(self) -> str:
        """What events say of the address: the network around it, which is nobody (docs/decisions/0022)."""
        parsed = ipaddress.ip_address(self.address)
        return str(ipaddress.ip_network((parsed, _NETWORK_BITS[parsed.version]), strict=False))
