"""The few encodings of lib0 that the sync protocol and the updates are made of (lib0 `encoding.js`, `decoding.js`).

Readers take the bytes and a place and return the value and the next place. They raise `IndexError` beyond the end
and `Malformed` for what no encoder writes; nothing is allocated beyond a copy of what was read.
"""

from __future__ import annotations

import struct

from collab.errors import Malformed

LARGEST = 2**53 - 1

Value = None | bool | int | float | str | bytes | list["Value"] | dict[str, "Value"]

_DEEPEST = 16


def read_uint(data: bytes, at: int) -> tuple[int, int]:
    """`varUint`: seven bits a byte, lowest first; at most 2^53 - 1."""
    byte = data[at]
    at += 1
    if byte < 128:
        return byte, at
    value, shift = byte & 127, 7
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            break
        shift += 7
        if shift > 49:
            raise Malformed("number too long")
    if value > LARGEST:
        raise Malformed("number too large")
    return value, at


def read_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    """`varUint8Array`: a length and that many bytes."""
    size, at = read_uint(data, at)
    end = at + size
    if end > len(data):
        raise Malformed("cut short")
    return data[at:end], end


def read_string(data: bytes, at: int) -> tuple[str, int]:
    """`varString`: a length in bytes and UTF-8, strictly."""
    raw, at = read_bytes(data, at)
    return decode(raw), at


def decode(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Malformed("not UTF-8") from error


def read_any(data: bytes, at: int, depth: int = 0) -> tuple[Value, int]:
    """`any`: one byte of type, counted down from 127, and the value."""
    if depth > _DEEPEST:
        raise Malformed("nested too deep")
    kind = data[at]
    at += 1
    if kind in _CONSTANTS:
        return _CONSTANTS[kind], at
    if kind == 125:
        return _read_int(data, at)
    if kind in _NUMBERS:
        return _read_packed(_NUMBERS[kind], data, at)
    if kind == 119:
        return read_string(data, at)
    if kind == 116:
        return read_bytes(data, at)
    if kind == 117:
        return _read_array(data, at, depth)
    if kind == 118:
        return _read_object(data, at, depth)
    raise Malformed("unknown kind of value")


_CONSTANTS: dict[int, bool | None] = {127: None, 126: None, 121: False, 120: True}
_NUMBERS = {124: struct.Struct(">f"), 123: struct.Struct(">d"), 122: struct.Struct(">q")}


def _read_int(data: bytes, at: int) -> tuple[int, int]:
    """`varInt`: sign in the second bit of the first byte."""
    byte = data[at]
    at += 1
    value, shift, negative = byte & 63, 6, byte & 64
    while byte > 127:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if shift > 62:
            raise Malformed("number too long")
    return -value if negative else value, at


def _read_packed(form: struct.Struct, data: bytes, at: int) -> tuple[Value, int]:
    end = at + form.size
    if end > len(data):
        raise Malformed("cut short")
    (value,) = form.unpack_from(data, at)
    return value, end


def _read_array(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    size, at = read_uint(data, at)
    items: list[Value] = []
    for _ in range(size):
        item, at = read_any(data, at, depth + 1)
        items.append(item)
    return items, at


def _read_object(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    size, at = read_uint(data, at)
    fields: dict[str, Value] = {}
    for _ in range(size):
        name, at = read_string(data, at)
        fields[name], at = read_any(data, at, depth + 1)
    return fields, at


_SINGLE = [bytes((value,)) for value in range(128)]


def write_uint(value: int) -> bytes:
    """Clocks and sizes take one or two bytes, client ids five, moments six: these are spelled out."""
    if value < 128:
        return _SINGLE[value]
    if value < 1 << 14:
        return bytes((value & 127 | 128, value >> 7))
    if 1 << 28 <= value < 1 << 35:
        head = (value & 127 | 128, value >> 7 & 127 | 128, value >> 14 & 127 | 128, value >> 21 & 127 | 128)
        return bytes((*head, value >> 28))
    if 1 << 35 <= value < 1 << 42:
        low, high = value & 0x7F | 128, value >> 35
        middle = (value >> 7 & 127 | 128, value >> 14 & 127 | 128, value >> 21 & 127 | 128, value >> 28 & 127 | 128)
        return bytes((low, *middle, high))
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    written.append(value)
    return bytes(written)


def write_bytes(data: bytes) -> bytes:
    return write_uint(len(data)) + data


def write_string(text: str) -> bytes:
    return write_bytes(text.encode())


def write_int(value: int) -> bytes:
    """`varInt`: what `any` holds whole numbers in."""
    sign, rest = (64 if value < 0 else 0), abs(value)
    written = bytearray((rest & 63 | sign | (128 if rest > 63 else 0),))
    rest >>= 6
    while rest:
        written.append(rest & 127 | (128 if rest > 127 else 0))
        rest >>= 7
    return bytes(written)


def write_any(value: Value) -> bytes:
    match value:
        case None:
            return b"\x7e"
        case bool():
            return b"\x78" if value else b"\x79"
        case int():
            return b"\x7d" + write_int(value)
        case float():
            return b"\x7b" + _NUMBERS[123].pack(value)
        case str():
            return b"\x77" + write_string(value)
        case bytes():
            return b"\x74" + write_bytes(value)
        case list():
            return b"\x75" + write_uint(len(value)) + b"".join(map(write_any, value))
        case dict():
            fields = (write_string(name) + write_any(item) for name, item in value.items())
            return b"\x76" + write_uint(len(value)) + b"".join(fields)
