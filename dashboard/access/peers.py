"""Where a request comes from: the machine at the other end, and whether it is a proxy that is believed."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

__all__ = ["TrustedProxies", "is_loopback_address", "is_loopback_host", "origin_host"]

SOCKET = "unix"
"""In the setting: a proxy on this machine that connects through a socket file, which has no address."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class TrustedProxies:
    """The addresses and networks of a setting.

    Examples
    --------
    >>> proxies = TrustedProxies(["10.0.0.0/8"])
    >>> proxies.trusts("10.1.2.3"), proxies.trusts("11.1.2.3"), proxies.trusts("")
    (True, False, False)
    """

    def __init__(self, addresses: Iterable[str]) -> None:
        listed = tuple(addresses)
        self._socket = SOCKET in listed
        self._networks = [ipaddress.ip_network(text, strict=False) for text in listed if text != SOCKET]

    def trusts(self, address: str) -> bool:
        """Return whether what a machine of this address says of others is believed."""
        if not address:
            return self._socket
        found = _address(address)
        return found is not None and any(
            found.version == network.version and found in network for network in self._networks
        )

    def client(self, peer: str, forwarded_for: str) -> str:
        """Return the address that the nearest machine we do not trust came from; empty where nobody says.

        Each proxy adds the address of whom it heard from at the right; what stands left of the first
        machine that is not trusted may be invented.
        """
        found = peer
        for text in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
            address = _address(text)
            if address is None:
                return ""
            found = str(address)
            if not self.trusts(found):
                break
        return found


def is_loopback_address(address: str) -> bool:
    """Return whether an address is this machine's own.

    Examples
    --------
    >>> [is_loopback_address(text) for text in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "")]
    [True, True, True, False, False]
    """
    found = _address(address)
    return found is not None and found.is_loopback


def is_loopback_host(host: str) -> bool:
    """Return whether a Host header names this machine; a name that only leads to it does not.

    Examples
    --------
    >>> [is_loopback_host(text) for text in ("localhost:8050", "[::1]:80", "127.0.0.1", "evil.example")]
    [True, True, True, False]
    """
    name = origin_host(host)
    return name == "localhost" or name.endswith(".localhost") or is_loopback_address(name)


def origin_host(host: str) -> str:
    """Return the name in a Host header, without the port."""
    text = host.strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.rpartition(":")[0] if ":" in text else text


def _address(text: str) -> _Address | None:
    for candidate in (text, origin_host(text)):
        try:
            found = ipaddress.ip_address(candidate)
        except ValueError:
            continue
        return getattr(found, "ipv4_mapped", None) or found
    return None
