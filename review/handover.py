"""A hand-over brings one signed version to the registry and ends with its place in the archive.

Pure: a command and the moment go in, the next hand-over and the facts come out. A repeated receipt, registration or
archival with the same words changes nothing and says nothing; another one is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from review.errors import FixityMismatch, Invalid, NotNow
from review.facts import Fact
from review.ids import DepartmentId, DocumentId, HandoverId, PersonId, VersionId

CLOUD_TYPES = (
    "handover.offered",
    "handover.received",
    "handover.registered",
    "handover.archived",
    "handover.rejected",
    "handover.withdrawn",
    "version.superseded",
)
"""Types of facts that the registry is told of, outside with `cz.paraph.` before them."""
MAX_TEXT = 2_000
MAX_REFERENCE = 200
KEPT_FETCHES = 20


class State(StrEnum):
    READY = "ready"
    OFFERED = "offered"
    RECEIVED = "received"
    REGISTERED = "registered"
    ARCHIVED = "archived"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


class RetentionSign(StrEnum):
    """What becomes of the record in the end: kept for ever (A) or destroyed (S)."""

    ARCHIVE = "A"
    SHRED = "S"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of the hand-over as a blob. `path` is its name in the dataset, `sha256` the blob, `size` in bytes."""

    path: str
    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Registration:
    """What the registry decided: reference number, file mark, retention by years or until a year, never both."""

    reference: str
    file_mark: str
    retention_sign: RetentionSign
    retention_years: int | None = None
    retention_year: int | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a hand-over stands: a code for machines, words for people."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Fetch:
    """The registry took the package or one of its files; `what` names the format or the path."""

    at: datetime
    client: str
    what: str


@dataclass(frozen=True, slots=True)
class Fetches:
    """The last fetches of a hand-over, newest first. Kept beside it: reading it changes nothing of it."""

    handover: HandoverId
    recent: tuple[Fetch, ...] = ()

    def after(self, fetch: Fetch) -> Fetches:
        return replace(self, recent=(fetch, *self.recent)[:KEPT_FETCHES])


@dataclass(frozen=True, slots=True)
class Handover:
    """`packages` go by format, the first one is the one announced; all are immutable once offered."""

    id: HandoverId
    document: DocumentId
    version: VersionId
    number: str
    department: DepartmentId
    created: datetime
    updated: datetime
    state: State = State.READY
    attempt: int = 1
    packages: Mapping[str, StoredFile] = field(default_factory=dict)
    files: tuple[StoredFile, ...] = ()
    earlier: tuple[StoredFile, ...] = ()
    receipt: str | None = None
    registration: Registration | None = None
    archive_id: str | None = None
    trouble: Trouble | None = None


# What can be asked of a hand-over.
@dataclass(frozen=True, slots=True)
class Offer:
    packages: Mapping[str, StoredFile]
    files: tuple[StoredFile, ...]


@dataclass(frozen=True, slots=True)
class Fail:
    """Our own check found the package wrong: it is never offered."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Receive:
    sha256: str


@dataclass(frozen=True, slots=True)
class Register:
    registration: Registration


@dataclass(frozen=True, slots=True)
class Archive:
    archive_id: str


@dataclass(frozen=True, slots=True)
class Reject:
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    reason: str


@dataclass(frozen=True, slots=True)
class Retry:
    """Package it again: after a rejection as the next attempt, after a failed check as the same one."""


Command = Offer | Fail | Receive | Register | Archive | Reject | Withdraw | Retry


def decide(
    handover: Handover, command: Command, now: datetime, by: PersonId | None = None
) -> tuple[Handover, tuple[Fact, ...]]:
    """The next hand-over and what happened; the same one and nothing for a repetition.

    Raises `NotNow`, `Invalid` or `FixityMismatch`; then nothing happened. `by` is None for the registry's client.
    """
    after, word, data = _step(handover, command)
    if after is handover:
        return handover, ()
    facts = (_fact(after, word, data, now, by),)
    return replace(after, updated=now), facts


_Step = tuple[Handover, str, dict[str, object]]


def _step(handover: Handover, command: Command) -> _Step:
    match command:
        case Offer():
            return _offer(handover, command)
        case Fail():
            _require(handover, command, State.READY)
            trouble = Trouble(command.code, command.detail)
            return replace(handover, state=State.FAILED, trouble=trouble), "failed", {"code": command.code}
        case Receive():
            return _receive(handover, command)
        case Register():
            return _register(handover, command)
        case Archive():
            return _archive(handover, command)
        case Reject():
            return _reject(handover, command)
        case Withdraw():
            return _withdraw(handover, command)
        case Retry():
            return _retry(handover, command)
        case _:
            assert_never(command)


def _offer(handover: Handover, command: Offer) -> _Step:
    _require(handover, command, State.READY)
    if not command.packages:
        raise Invalid("packages", "empty")
    first = next(iter(command.packages.values()))
    offered = replace(handover, state=State.OFFERED, packages=command.packages, files=command.files, trouble=None)
    hashes = [package.sha256 for package in command.packages.values()]
    told = {"sha256": first.sha256, "size": first.size, "formats": list(command.packages), "packages": hashes}
    return offered, "offered", told


def _receive(handover: Handover, command: Receive) -> _Step:
    if handover.receipt == command.sha256 and handover.state in _TAKEN:
        return handover, "", {}
    _require(handover, command, State.OFFERED, *_TAKEN)
    held = {package.sha256 for package in handover.packages.values()}
    if command.sha256 not in held:
        raise FixityMismatch(command.sha256)
    _require(handover, command, State.OFFERED)
    return replace(handover, state=State.RECEIVED, receipt=command.sha256), "received", {"sha256": command.sha256}


def _register(handover: Handover, command: Register) -> _Step:
    check(command.registration)
    if handover.registration == command.registration and handover.state in _NUMBERED:
        return handover, "", {}
    _require(handover, command, State.RECEIVED)
    words = command.registration
    registered = replace(handover, state=State.REGISTERED, registration=words)
    return registered, "registered", {"reference": words.reference, "retentionSign": words.retention_sign.value}


def _archive(handover: Handover, command: Archive) -> _Step:
    _text("archiveId", command.archive_id, MAX_REFERENCE)
    if handover.archive_id == command.archive_id and handover.state is State.ARCHIVED:
        return handover, "", {}
    _require(handover, command, State.REGISTERED)
    archived = replace(handover, state=State.ARCHIVED, archive_id=command.archive_id)
    return archived, "archived", {"archiveId": command.archive_id}


def _reject(handover: Handover, command: Reject) -> _Step:
    _text("code", command.code, 64)
    _text("detail", command.detail, MAX_TEXT)
    _require(handover, command, State.OFFERED, State.RECEIVED)
    trouble = Trouble(command.code, command.detail)
    return replace(handover, state=State.REJECTED, trouble=trouble), "rejected", {"code": command.code}


def _withdraw(handover: Handover, command: Withdraw) -> _Step:
    _text("reason", command.reason, MAX_TEXT)
    _require(handover, command, State.READY, State.OFFERED, State.REJECTED, State.FAILED)
    trouble = Trouble("withdrawn", command.reason)
    return replace(handover, state=State.WITHDRAWN, trouble=trouble), "withdrawn", {}


def _retry(handover: Handover, command: Retry) -> _Step:
    _require(handover, command, State.REJECTED, State.FAILED)
    attempt = handover.attempt + (handover.state is State.REJECTED)
    kept = handover.earlier + tuple(handover.packages.values())
    again = replace(handover, state=State.READY, attempt=attempt, packages={}, files=(), earlier=kept, receipt=None)
    return again, "retried", {}


_TAKEN = (State.RECEIVED, State.REGISTERED, State.ARCHIVED)
_NUMBERED = (State.REGISTERED, State.ARCHIVED)


def check(registration: Registration) -> None:
    """Raises `Invalid` with the field when the registration cannot be kept as it is."""
    _text("reference", registration.reference, MAX_REFERENCE)
    _text("fileMark", registration.file_mark, MAX_REFERENCE)
    years, year = registration.retention_years, registration.retention_year
    if (years is None) == (year is None):
        raise Invalid("retentionYears", "either", {"expected": "retentionYears, retentionYear"})
    if years is not None and not 1 <= years <= 150:
        raise Invalid("retentionYears", "between", {"least": 1, "most": 150})
    if year is not None and not 1900 <= year <= 2400:
        raise Invalid("retentionYear", "between", {"least": 1900, "most": 2400})


def _text(name: str, value: str, longest: int) -> None:
    if not value.strip():
        raise Invalid(name, "required")
    if len(value) > longest:
        raise Invalid(name, "string_too_long", {"max_length": longest})


def _require(handover: Handover, command: Command, *states: State) -> None:
    if handover.state not in states:
        raise NotNow(type(command).__name__.lower(), handover.state)


def _fact(handover: Handover, word: str, data: dict[str, object], now: datetime, by: PersonId | None) -> Fact:
    known = {"handover": handover.id, "version": handover.version, "attempt": handover.attempt}
    return Fact(f"handover.{word}", now, by, handover.document, {**known, **data})
