"""Which addresses lead to the public internet: what fetches from or posts to others may go nowhere else."""

import ipaddress
from typing import Final

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Networks that some versions of Python call global although they lead inside: shared address space,
# documentation, benchmarking, and NAT64, Teredo and 6to4, which can spell any IPv4 address.
_INSIDE: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15",
        "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32", "2002::/16",
        "3fff::/20", "fec0::/10",
    )
)  # fmt: skip


def is_public(address: str) -> bool:
    """Does `address` (an IPv4 or IPv6 literal) lead to the public internet, however it is wrapped?"""
    try:
        ip: IPAddress = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        return is_public(str(ip.ipv4_mapped))
    if any(ip in network for network in _INSIDE if network.version == ip.version):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)
