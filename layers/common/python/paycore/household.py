"""Who counts as one source: what one customer of a provider has."""

import ipaddress

_IPV6_BITS = 64


def household(address: str) -> str:
    """An IPv4 address itself; of an IPv6 address the /64 around it, any address of which its holder may use."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network((address, _IPV6_BITS), strict=False))
