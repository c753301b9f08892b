"""What an engine answers instead of doing its work. No driver's type leaks.

StorageError
├── Conflict        somebody else wrote first                      code conflict
├── Duplicate       the identity or a unique index value is taken  code duplicate
├── NotFound        nothing under this identity                    code not_found
├── TooLarge        more bytes than one record or entry may have   code too_large
├── Unavailable     cannot answer or keep anything now             code unavailable
│   └── InUse       another process has this file open             code in_use
├── Corrupt         what was read is not what was written          code corrupt
└── Unsuitable      this database is not one we can work with      code unsuitable
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from review.errors import Trouble


class StorageError(Exception):
    """Root of everything the engine raises. `code` is stable; the fields say what it was about."""

    code: ClassVar[str]

    def __str__(self) -> str:
        return repr(self)


# Not frozen: the interpreter sets an exception's traceback. Not comparable: it must stay hashable.
@dataclass(eq=False)
class Conflict(StorageError):
    """`found` is the revision or the head that stood there instead of the expected one."""

    code: ClassVar[str] = "conflict"
    place: str
    expected: int
    found: int


@dataclass(eq=False)
class Duplicate(StorageError):
    """`index` names the unique index whose value is taken; None when it is the identity itself."""

    code: ClassVar[str] = "duplicate"
    kind: str
    id: str
    index: str | None = None


@dataclass(eq=False)
class NotFound(StorageError):
    code: ClassVar[str] = "not_found"
    kind: str
    id: str


@dataclass(eq=False)
class TooLarge(StorageError):
    code: ClassVar[str] = "too_large"
    place: str
    size: int
    limit: int


@dataclass(eq=False)
class Unavailable(StorageError):
    """Nothing may be acknowledged. Whether the refused write reached the disk is not known."""

    code: ClassVar[str] = "unavailable"
    why: str
    trouble: Trouble = Trouble.AWAY


@dataclass(eq=False)
class InUse(Unavailable):
    code: ClassVar[str] = "in_use"


@dataclass(eq=False)
class Corrupt(StorageError):
    """`place` names the stream and sequence number, the record, or the blob."""

    code: ClassVar[str] = "corrupt"
    place: str
    why: str


@dataclass(eq=False)
class Unsuitable(StorageError):
    code: ClassVar[str] = "unsuitable"
    why: str
