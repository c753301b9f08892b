"""From which address somebody calls, also when a reverse proxy stands between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from aiohttp import web

from server.office import Office
from server.settings import Network

Address = IPv4Address | IPv6Address
HOME = 64
"""Bits of an IPv6 address that belong to whom an address is given; the rest the guest chooses freely."""


def address_of(request: web.Request, office: Office) -> str:
    """What guesses are counted by: the caller's address, of IPv6 its network of 64 bits; empty when there is none."""
    found = _caller(request, office.settings.trusted_proxies)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, HOME), strict=False))
    return str(found or "")


def _caller(request: web.Request, trusted: Sequence[Network]) -> Address | None:
    """The last address on the way here that is no trusted proxy: those before it are what the caller says itself."""
    here = _read(request.remote or "")
    for before in _hops(request):
        if here is None or not _among(here, trusted) or before is None:
            break
        here = before
    return here


def _hops(request: web.Request) -> Iterator[Address | None]:
    """The nearest first: of `Forwarded` (RFC 7239), else of `X-Forwarded-For`.

    A proxy that writes one passes the other on as the caller sent it: where they do not agree, neither is believed.
    """
    standard = [_read(hop.get("for", "")) for hop in request.forwarded]
    lists = request.headers.getall("X-Forwarded-For", [])
    usual = [_read(part) for line in lists for part in line.split(",")]
    if not standard or not usual or standard == usual:
        yield from reversed(standard or usual)


def _read(text: str) -> Address | None:
    """`192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` and `[2001:db8::1]:80`; None for what is hidden or no address."""
    plain = text.strip().strip('"')
    plain = plain[1:].partition("]")[0] if plain.startswith("[") else plain
    plain = plain.partition(":")[0] if plain.count(":") == 1 else plain
    try:
        address = ip_address(plain)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _among(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
