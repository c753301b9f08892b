"""One verdict on any copy of a document, and what was changed in it.

Issued documents are judged by our own strict policy: cryptography alone calls a text laid over a signed page valid.
A copy of something we issued is also compared with what we keep; bytes cannot lie to a hash.
Everything here reads hostile files: run it in a limited child process (`server/intake`).
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pyhanko.pdf_utils.reader import PdfFileReader

from signing.additions import adds
from signing.changes import Change, Kind, compare
from signing.errors import Encrypted, NotPdf, TooDemanding, Truncated, Unreadable
from signing.inventory import identity
from signing.seals import Later, Seal, judge_all, open_boxes
from signing.trust import Anchors


class Verdict(StrEnum):
    VALID = "valid"
    VALID_LATER_SIGNATURE = "valid_later_signature"
    MODIFIED = "modified"
    BROKEN = "broken"
    STRIPPED = "stripped"
    REJECTED = "rejected"
    UNSIGNED = "unsigned"


_UNHARMED = (Verdict.VALID, Verdict.VALID_LATER_SIGNATURE, Verdict.REJECTED)


class Indication(StrEnum):
    """ETSI EN 319 102-1 § 5.1.3."""

    PASSED = "TOTAL-PASSED"
    INDETERMINATE = "INDETERMINATE"
    FAILED = "TOTAL-FAILED"


@dataclass(frozen=True, slots=True)
class Signature:
    """`covers` is `whole` when nothing follows it in the file, else `earlier_state`."""

    field: str
    by: str
    at: datetime | None
    level: str
    covers: str
    indication: Indication
    trusted: bool


@dataclass(frozen=True, slots=True)
class Verification:
    verdict: Verdict
    signatures: tuple[Signature, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What we keep of the document: the SHA-256 of every state we issued with its number of signatures, and the
    newest state's bytes."""

    states: Mapping[str, int]
    original: bytes

    @property
    def expected(self) -> int:
        return max(self.states.values(), default=0)


@dataclass(frozen=True, slots=True)
class Identified:
    """What tells which document a file is: its hash, the hashes of its earlier states, and the marks we put in."""

    sha256: str
    states: tuple[str, ...] = ()
    marks: tuple[str, ...] = field(default=())


_STATE_END = re.compile(rb"%%EOF\r?\n?")
_MAX_STATES = 64


def identify(data: bytes) -> Identified:
    """What the caller looks the document up by; the best proof first. Raises `FileRefused`."""
    reader = _open(data)
    try:
        marks = identity(reader)
    except Exception as broken:  # a hostile file makes the reader raise anything
        raise Unreadable(type(broken).__name__) from broken
    ends = [found.end() for found in _STATE_END.finditer(data)][-_MAX_STATES:]
    states = tuple(hashlib.sha256(data[:end]).hexdigest() for end in reversed(ends))
    return Identified(hashlib.sha256(data).hexdigest(), states, marks)


def verify(data: bytes, anchors: Anchors, now: datetime, known: Known | None = None) -> Verification:
    """The verdict. Raises `NotPdf`, `Encrypted`, `Truncated`, `Unreadable`, `TooDemanding`."""
    reader = _open(data)
    issued = known is not None and hashlib.sha256(data).hexdigest() in known.states
    try:
        seals = judge_all(reader, data, anchors, now, Later.KNOWN if issued else Later.JUDGED)
    except MemoryError as much:
        raise TooDemanding("memory") from much
    except Exception as broken:  # a hostile file makes the reader raise anything
        raise Unreadable(f"{type(broken).__name__}: {broken}"[:200]) from broken
    verdict = _decide_issued(seals, known) if issued and known else _decide(reader, data, seals, known)
    base = None if verdict is Verdict.VALID and issued else _base(data, seals, known)
    changes = _changes(base, data) if base else ()
    if verdict in _UNHARMED and not issued:
        changes = tuple(change for change in changes if change.kind is not Kind.FIELD)
        verdict = Verdict.MODIFIED if changes else verdict
    if verdict is Verdict.BROKEN and changes:
        verdict = Verdict.MODIFIED
    changes += _reasons(seals, changes, verdict)
    return Verification(verdict, tuple(_told(seal, data) for seal in seals), changes)


def _open(data: bytes) -> PdfFileReader:
    start = data.find(b"%PDF-", 0, 1024)
    if start < 0:
        raise NotPdf("no PDF header")
    end = data.rfind(b"%%EOF")
    if end < 0 or b" obj" in data[end:]:
        raise Truncated("its end is missing")
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        locked = reader.encrypted
        int(reader.root["/Pages"]["/Count"])
    except MemoryError as much:
        raise TooDemanding("memory") from much
    except Exception as broken:  # a hostile file makes the reader raise anything
        raise Unreadable(f"{type(broken).__name__}: {broken}"[:200]) from broken
    if locked:
        raise Encrypted("locked by a password")
    return reader


def _decide(reader: PdfFileReader, data: bytes, seals: list[Seal], known: Known | None) -> Verdict:
    """By signatures and policy alone; what is seen on the pages may still worsen it."""
    if known is not None and len(seals) < known.expected:
        return Verdict.STRIPPED
    if not seals:
        return Verdict.UNSIGNED if known is None else Verdict.MODIFIED
    if not all(seal.intact for seal in seals):
        return Verdict.BROKEN
    if not all(seal.permitted and seal.tidy for seal in seals):
        return Verdict.MODIFIED
    if known is not None and not data.startswith(known.original):
        return Verdict.MODIFIED
    if not all(seal.trusted for seal in seals):
        return Verdict.REJECTED
    vouched = len(known.original) if known else max(seal.covered for seal in seals)
    return Verdict.VALID_LATER_SIGNATURE if adds(reader, vouched) else Verdict.VALID


def _decide_issued(seals: list[Seal], known: Known) -> Verdict:
    """These very bytes were issued; an earlier state of them lacks the signatures that came since."""
    if len(seals) < known.expected:
        return Verdict.STRIPPED
    if not seals:
        return Verdict.UNSIGNED
    if not all(seal.intact for seal in seals):
        return Verdict.BROKEN
    return Verdict.VALID if all(seal.trusted for seal in seals) else Verdict.REJECTED


def _base(data: bytes, seals: list[Seal], known: Known | None) -> bytes | None:
    """What the copy is compared with: the file we keep, else the oldest state that an intact signature vouches for."""
    if known is not None:
        return known.original
    covered = [seal.covered for seal in seals if seal.intact and seal.covered < len(data)]
    return data[: min(covered)] if covered else None


def _changes(base: bytes, data: bytes) -> tuple[Change, ...]:
    try:
        return compare(base, data, open_boxes(PdfFileReader(io.BytesIO(base), strict=False)))
    except Exception as broken:  # a hostile file makes the readers raise anything
        return (Change(Kind.STRUCTURE, after=f"cannot be compared: {type(broken).__name__}: {broken}"[:200]),)


def _reasons(seals: list[Seal], changes: tuple[Change, ...], verdict: Verdict) -> tuple[Change, ...]:
    """What can be said when nothing that shows was changed, so that no verdict stands without its reason."""
    told = [_because(seal, seal.why) for seal in seals if not seal.permitted]
    told += [_because(seal, "bytes behind the signature's container") for seal in seals if not seal.tidy]
    if verdict is Verdict.STRIPPED:
        told.append(Change(Kind.STRUCTURE, after=f"signatures left: {len(seals)}"))
    if verdict in (Verdict.MODIFIED, Verdict.BROKEN) and not changes and not told:
        told.append(Change(Kind.STRUCTURE, after="the bytes differ from those that were signed"))
    return tuple(told)


def _because(seal: Seal, why: str) -> Change:
    return Change(Kind.STRUCTURE, after=f"{seal.field}: {why}")


def _told(seal: Seal, data: bytes) -> Signature:
    good = seal.intact and seal.permitted and seal.tidy
    indication = Indication.PASSED if good and seal.trusted else Indication.INDETERMINATE
    if not seal.intact:
        indication = Indication.FAILED
    covers = "earlier_state" if data[seal.covered :].strip() else "whole"
    return Signature(seal.field, seal.by, seal.at, seal.level, covers, indication, seal.trusted)
