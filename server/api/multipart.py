"""`multipart/form-data` (RFC 7578) taken apart: a few parts with small heads, found without copying the body about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

MOST_PARTS = 20
LARGEST_HEAD = 4 * 1024
"""Bytes of all header lines of one part."""

LINE, BLANK = b"\r\n", b"\r\n\r\n"
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_PARAMETER = re.compile(r'\s*;\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))')


@dataclass(frozen=True, slots=True)
class Part:
    """`name` of the field; `filename` where it is a file, which an empty name is too."""

    name: str
    filename: str | None
    data: bytes


def parts_of(body: bytes, boundary: str) -> list[Part]:
    """Raises `ValueError` for what is no such body, has more than `MOST_PARTS` or a head above `LARGEST_HEAD`."""
    if not 0 < len(boundary) <= 70 or not boundary.isascii():
        raise ValueError("boundary")
    delimiter = LINE + b"--" + boundary.encode()
    at = _first(body, delimiter)
    parts: list[Part] = []
    while body[at : at + 2] != b"--":
        if len(parts) == MOST_PARTS:
            raise ValueError("too many parts")
        begin = body.index(LINE, at, at + LARGEST_HEAD)
        head_end = body.index(BLANK, begin, begin + LARGEST_HEAD)
        end = body.index(delimiter, head_end + len(LINE))
        parts.append(_part(body[begin + len(LINE) : head_end], body[head_end + len(BLANK) : end]))
        at = end + len(delimiter)
    return parts


def _first(body: bytes, delimiter: bytes) -> int:
    """Behind the first delimiter; what stands before it means nothing (RFC 2046 § 5.1.1)."""
    opening = delimiter[len(LINE) :]
    return len(opening) if body.startswith(opening) else body.index(delimiter) + len(delimiter)


def _part(head: bytes, data: bytes) -> Part:
    told = _parameters(_fields(head).get("content-disposition", ""))
    return Part(told.get("name", ""), told.get("filename*", told.get("filename")), data)


def _fields(head: bytes) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in head.split(LINE) if head else ():
        found = _FIELD.fullmatch(line)
        if found is None:
            raise ValueError("a header line")
        fields[found[1].decode().lower()] = found[2].decode("utf-8")
    return fields


def _parameters(disposition: str) -> dict[str, str]:
    """Of `form-data; name="…"; filename="…"`: UTF-8, and what RFC 8187 escapes where a client does."""
    found = {name.lower(): quoted or token for name, quoted, token in _PARAMETER.findall(disposition)}
    told = {name: re.sub(r'\\(["\\])', r"\1", value) for name, value in found.items()}
    if "filename*" in told:
        told["filename*"] = unquote(told["filename*"].rpartition("'")[2])
    return told
