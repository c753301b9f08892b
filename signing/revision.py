"""The revision that one signature adds to a file of our own: four or more objects and their table, nothing else.

Files that `signing/fields.py` prepared have one shape (a classic cross-reference table, widgets written one key a
line), so the revision is written directly: pyHanko's general way costs ten times as much (docs/decisions). Whatever
was written is judged afterwards by the general reader. ISO 32000-1 7.5.6 (incremental updates), 12.8.1 (byte ranges);
ETSI EN 319 142-1 5.3 (the signature dictionary).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from signing.errors import FieldTaken, NoSuchField, RoomTooSmall, Truncated, Unreadable
from signing.stamps import Face

_END: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_SIZE: Final = re.compile(rb"/Size (\d+)")
_KEPT: Final = re.compile(rb"/(?:Root|Info) \d+ \d+ R")
_ID: Final = re.compile(rb"/ID ?\[ ?(<[0-9A-Fa-f]+>|\((?:[^()\\]|\\.)*\))")
_APPEARANCE: Final = re.compile(rb"/AP <<\n/N \d+ 0 R\n>>")
_HEAD: Final = re.compile(rb"(\d+) 0 obj\n<<\n")
_RANGE_WIDTH: Final = 48


@dataclass(frozen=True, slots=True)
class Revision:
    """What is appended to the file whose SHA-256 is `base` (hex), with a hole for the signature.

    Offsets of the hole count within `tail`, its angle brackets included; `digest` is the SHA-256 of all but the hole.
    """

    base: str
    tail: bytes
    hole: tuple[int, int]
    digest: bytes


def write(base: bytes, field: str, face: Face, name: str, at: datetime, reserve: int) -> Revision:
    """The revision that signs `field`, waiting for at most `reserve` bytes of signature container.

    Raises `NoSuchField`, `FieldTaken`, `Truncated`, `Unreadable` (not a file of our own making).
    """
    start, trailer = _trailer(base)
    number, widget = _widget(base, field)
    size = int(_first(_SIZE, trailer))
    shown = _APPEARANCE.sub(b"/AP <<\n/N %d 0 R\n>>" % (size + 1), widget)
    objects = {number: b"<<\n" + shown + b"\n/V %d 0 R\n>>" % size, size: _signature(name, at, reserve)}
    if b"/Rect [ 0 0 0 0 ]" not in widget:
        objects |= {size + 1 + place: piece.written(size + 1) for place, piece in enumerate(face.pieces)}
    elif shown != widget:
        raise Unreadable("a field without a place has an appearance")
    body, offsets = _body(objects, len(base))
    table = _table(offsets, len(base) + len(body), trailer, start, hashlib.sha256(base[-4096:] + body).digest()[:16])
    return _with_range(base, bytearray(body + table))


def completed(base: bytes, revision: Revision, container: bytes) -> tuple[bytes, str]:
    """The whole signed file and its SHA-256 in hex, read once.

    Raises `RoomTooSmall`, and `Unreadable` when base or tail are not the bytes that the digest was made of.
    """
    tail = _filled(revision, container)
    start, end = revision.hole
    read = hashlib.sha256(base)
    covered = read.copy()
    covered.update(memoryview(tail)[:start])
    covered.update(memoryview(tail)[end:])
    if read.hexdigest() != revision.base or covered.digest() != revision.digest:
        raise Unreadable("these are not the prepared bytes")
    read.update(tail)
    return base + tail, read.hexdigest()


def _filled(revision: Revision, container: bytes) -> bytes:
    start, end = revision.hole
    room = (end - start - 2) // 2
    if len(container) > room:
        raise RoomTooSmall(room, len(container))
    value = container.hex().upper().encode().ljust(end - start - 2, b"0")
    return b"".join((revision.tail[: start + 1], value, revision.tail[end - 1 :]))


def _trailer(base: bytes) -> tuple[int, bytes]:
    end = _END.search(base[-64:])
    if end is None:
        raise Truncated("no end of file marker")
    start = int(end.group(1))
    at = base.find(b"trailer", start)
    if base[start : start + 4] != b"xref" or at < 0:
        raise Unreadable("no classic cross-reference table")
    return start, base[at:]


def _widget(base: bytes, field: str) -> tuple[int, bytes]:
    """Object number and inner text of the field's newest state."""
    at = base.rfind(b"\n/FT /Sig\n/T (%s)\n" % field.encode("ascii", "replace"))
    begin = base.rfind(b"\n", 0, max(at - len(b"\n<<"), 0)) + 1
    head = _HEAD.match(base, begin)
    end = base.find(b"\n>>\nendobj", at)
    if at < 0 or head is None or end < 0:
        raise NoSuchField(field)
    inner = base[head.end() : end]
    if b"\n/V " in inner:
        raise FieldTaken(field)
    return int(head.group(1)), inner


def _signature(name: str, at: datetime, reserve: int) -> bytes:
    signer = b"\xfe\xff" + name.encode("utf-16-be")
    moment = at.astimezone(UTC).strftime("D:%Y%m%d%H%M%S+00'00'").encode()
    return b"".join(
        (
            b"<<\n/Type /Sig\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.CAdES.detached\n/Name <",
            signer.hex().encode(),
            b">\n/M (",
            moment,
            b")\n/ByteRange ",
            b" " * _RANGE_WIDTH,
            b"\n/Contents <",
            b"0" * (2 * reserve),
            b">\n>>",
        )
    )


def _body(objects: Mapping[int, bytes], start: int) -> tuple[bytes, dict[int, int]]:
    parts, offsets = [], {}
    for number in sorted(objects):
        offsets[number] = start
        part = b"%d 0 obj\n%b\nendobj\n" % (number, objects[number])
        parts.append(part)
        start += len(part)
    return b"".join(parts), offsets


def _table(offsets: Mapping[int, int], at: int, trailer: bytes, previous: int, state: bytes) -> bytes:
    lines = [b"xref\n0 1\n0000000000 65535 f \n"]
    for number in sorted(offsets):
        if number - 1 not in offsets:
            run = next(n for n in range(number, number + len(offsets) + 1) if n not in offsets) - number
            lines.append(b"%d %d\n" % (number, run))
        lines.append(b"%010d 00000 n \n" % offsets[number])
    kept = b"\n".join(_KEPT.findall(trailer))
    first = _first(_ID, trailer)
    size = max(int(_first(_SIZE, trailer)), max(offsets) + 1)
    identity = b"/ID [%b <%b>]" % (first, state.hex().encode())
    lines.append(b"trailer\n<<\n/Size %d\n%b\n%b\n/Prev %d\n>>\n" % (size, kept, identity, previous))
    lines.append(b"startxref\n%d\n%%%%EOF\n" % at)
    return b"".join(lines)


def _with_range(base: bytes, tail: bytearray) -> Revision:
    start = tail.index(b"/Contents <") + len(b"/Contents ")
    end = tail.index(b">", start) + 1
    place = tail.index(b"/ByteRange ") + len(b"/ByteRange ")
    whole = len(base) + len(tail)
    covered = b"[0 %d %d %d]" % (len(base) + start, len(base) + end, whole - len(base) - end)
    tail[place : place + _RANGE_WIDTH] = covered.ljust(_RANGE_WIDTH)
    digest = hashlib.sha256(base)
    name = digest.hexdigest()
    digest.update(memoryview(tail)[:start])
    digest.update(memoryview(tail)[end:])
    return Revision(name, bytes(tail), (start, end), digest.digest())


def _first(pattern: re.Pattern[bytes], text: bytes) -> bytes:
    found = pattern.search(text)
    if found is None:
        raise Unreadable("the trailer lacks an entry")
    return found.group(1)
