"""What `review` refuses, and what its ports may answer.

ReviewError
├── NotNow             the command is right, the state is not              code not_in_state
│   ├── AlreadyAnswered    a consultee has one opinion in a round           code already_answered
│   ├── StillWaiting       a mandatory opinion is awaited and there is time code still_waiting
│   ├── AlreadyWithdrawn   nothing is asked of a withdrawn comment          code already_withdrawn
│   └── Unsettled          comments or disputes are still open              code unsettled_comments
├── TooSoon            a moment lies before what the rules allow           code too_soon
├── Unknown            no such consultee, comment, step or dispute         code unknown_part
├── Invalid            read, but wrong: a field and why                    code invalid
├── BadContent         content that the schema does not know or allow      code bad_content
├── OpenSuggestions    wordings proposed in the draft wait for a decision  code open_suggestions
├── FixityMismatch     a checksum that is none of the bytes offered        code fixity_mismatch
└── Forbidden          seen, but not to be done by this person             code forbidden
PortError
├── NotFound           nothing under this identity                         code not_found
├── AlreadyThere       the identity or a unique field is taken             code already_there
├── ChangedMeanwhile   somebody else wrote first                           code changed_meanwhile
├── UnknownFormat      a package of a kind that is not built here          code unknown_format
├── PackageFault       a package that its own check found wrong            code package_fault
└── Unavailable        storage cannot answer or keep anything now          code storage_unavailable
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar


class ReviewError(Exception):
    """Root of all refusals here. `code` is stable and reaches the outside, the fields say what was wrong."""

    code: ClassVar[str]

    def __str__(self) -> str:
        return repr(self)


# Not frozen: the interpreter sets an exception's traceback. Not comparable: it must stay hashable.
@dataclass(eq=False)
class NotNow(ReviewError):
    code: ClassVar[str] = "not_in_state"
    command: str
    state: str


class AlreadyAnswered(NotNow):
    code: ClassVar[str] = "already_answered"


class StillWaiting(NotNow):
    code: ClassVar[str] = "still_waiting"


class AlreadyWithdrawn(NotNow):
    code: ClassVar[str] = "already_withdrawn"


class Unsettled(NotNow):
    code: ClassVar[str] = "unsettled_comments"


@dataclass(eq=False)
class TooSoon(ReviewError):
    code: ClassVar[str] = "too_soon"
    wanted: datetime
    earliest: datetime


@dataclass(eq=False)
class Unknown(ReviewError):
    code: ClassVar[str] = "unknown_part"
    part: str


@dataclass(eq=False)
class Invalid(ReviewError):
    """`why` is one word for the reason, `data` what its wording is filled with."""

    code: ClassVar[str] = "invalid"
    field: str
    why: str
    data: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(eq=False)
class BadContent(ReviewError):
    """`place` is the path of the node in the tree, such as `content[2].content[0]`."""

    code: ClassVar[str] = "bad_content"
    place: str
    why: str


@dataclass(eq=False)
class OpenSuggestions(ReviewError):
    code: ClassVar[str] = "open_suggestions"
    count: int


@dataclass(eq=False)
class FixityMismatch(ReviewError):
    code: ClassVar[str] = "fixity_mismatch"
    sha256: str


@dataclass(eq=False)
class Forbidden(ReviewError):
    code: ClassVar[str] = "forbidden"
    right: str


class PortError(Exception):
    """Root of what a port may answer instead of doing its work."""

    code: ClassVar[str]

    def __str__(self) -> str:
        return repr(self)


@dataclass(eq=False)
class NotFound(PortError):
    code: ClassVar[str] = "not_found"
    kind: str
    id: str


@dataclass(eq=False)
class AlreadyThere(PortError):
    code: ClassVar[str] = "already_there"
    kind: str
    id: str


@dataclass(eq=False)
class ChangedMeanwhile(PortError):
    code: ClassVar[str] = "changed_meanwhile"
    kind: str
    id: str


@dataclass(eq=False)
class UnknownFormat(PortError):
    code: ClassVar[str] = "unknown_format"
    format: str


@dataclass(eq=False)
class PackageFault(PortError):
    """`path` is the file inside the package, `why` what the check found."""

    code: ClassVar[str] = "package_fault"
    path: str
    why: str


class Trouble(StrEnum):
    """Why nothing can be kept, as people are told: the words are codes of the catalogue of problems."""

    AWAY = "storage_away"
    FULL = "disk_full"
    BROKEN = "storage_broken"
    BUSY = "storage_busy"
    DAMAGED = "draft_damaged"


@dataclass(eq=False)
class Unavailable(PortError):
    """`why` is for operators, `trouble` for everybody."""

    code: ClassVar[str] = "storage_unavailable"
    why: str
    trouble: Trouble = Trouble.AWAY
