"""The few words of DER (X.690) that a signature container is spelt with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

SEQUENCE: Final = 0x30
SET: Final = 0x31
OCTETS: Final = 0x04
INTEGER: Final = 0x02
OID: Final = 0x06
GENERALIZED_TIME: Final = 0x18
UTC_TIME: Final = 0x17
NULL: Final = b"\x05\x00"


def tlv(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def sequence(*parts: bytes) -> bytes:
    return tlv(SEQUENCE, *parts)


def set_of(*parts: bytes) -> bytes:
    """DER orders the elements of a set by their bytes (X.690 11.6)."""
    return tlv(SET, *sorted(parts))


def octets(data: bytes) -> bytes:
    return tlv(OCTETS, data)


def integer(value: int) -> bytes:
    """Non-negative only."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    return tlv(OID, *map(_base128, (40 * first + second, *rest)))


def _base128(value: int) -> bytes:
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(0x80 | value & 0x7F)
    return bytes(reversed(digits))


def generalized_time(moment: datetime) -> bytes:
    """Whole seconds, UTC."""
    return tlv(GENERALIZED_TIME, moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode())


def utc_time(moment: datetime) -> bytes:
    """RFC 5652 11.3: years before 2050 are written short."""
    return tlv(UTC_TIME, moment.astimezone(UTC).strftime("%y%m%d%H%M%SZ").encode())
