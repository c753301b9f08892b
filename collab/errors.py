"""What live editing refuses, and what it may find broken.

CollabError
├── Refusal             an update that is not taken; its code goes to the author
│   ├── Malformed       not one well-formed message or update              code malformed
│   ├── TooLarge        more bytes than a member may send at once          code too_large
│   │   └── TooDear     more than everybody who reads it should have to do code too_large
│   ├── BadSchema       a node, mark, attribute or root nobody knows       code bad_schema
│   ├── ForeignClient   written under the client id of another member      code foreign_client
│   ├── NotAllowed      this member may not write now                      code not_allowed
│   ├── NotSaved        storage cannot keep it now                         code not_saved
│   └── SlowDown        more than this room can queue                      code slow_down
├── Incomplete          skips a clock or refers to what is not here        code incomplete
├── AlreadyBegun        the document has a text already                    code already_begun
├── PlaceLost           the passage is not in the text any more            code place_lost
├── NoSuchMoment        a sequence number outside the document's history   code no_such_moment
├── DamagedRow          a row of the journal is not what was written       code damaged_row
├── DamagedPart         a blob of the compacted journal is damaged or gone code damaged_part
├── Trimmed             entries asked for are not in the log any more      code trimmed
├── NotCompacted        a journal stays as it is, for a reason given        code not_compacted
├── Unequal             a compaction did not say what the journal says     code unequal
└── Unreadable          the shared document cannot be read as content      code unreadable
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class CollabError(Exception):
    """Root of all that live editing raises. `code` is stable, the fields say what was wrong."""

    code: ClassVar[str]

    def __str__(self) -> str:
        return repr(self)


class Refusal(CollabError):
    """An update was not taken; nothing of it is in the document."""

    @property
    def detail(self) -> str:
        """What was wrong, in a word for the author; empty when the code says it all."""
        return ""


# Not frozen: the interpreter sets an exception's traceback. Not comparable: it must stay hashable.
@dataclass(eq=False)
class Malformed(Refusal):
    code: ClassVar[str] = "malformed"
    why: str

    @property
    def detail(self) -> str:
        return self.why


@dataclass(eq=False)
class TooLarge(Refusal):
    code: ClassVar[str] = "too_large"
    size: int
    allowed: int

    @property
    def detail(self) -> str:
        return f"{self.size} > {self.allowed}"


@dataclass(eq=False)
class TooDear(TooLarge):
    """`size` and `allowed` are steps of putting structs in order."""

    @property
    def detail(self) -> str:
        return f"steps {self.size} > {self.allowed}"


@dataclass(eq=False)
class BadSchema(Refusal):
    """`kind` is root, node, mark, attribute or content."""

    code: ClassVar[str] = "bad_schema"
    kind: str
    name: str

    @property
    def detail(self) -> str:
        return f"{self.kind} {self.name[:80]}"


@dataclass(eq=False)
class ForeignClient(Refusal):
    code: ClassVar[str] = "foreign_client"
    client: int

    @property
    def detail(self) -> str:
        return str(self.client)


@dataclass(eq=False)
class NotAllowed(Refusal):
    code: ClassVar[str] = "not_allowed"
    role: str

    @property
    def detail(self) -> str:
        return self.role


@dataclass(eq=False)
class NotSaved(Refusal):
    code: ClassVar[str] = "not_saved"
    why: str

    @property
    def detail(self) -> str:
        return self.why


@dataclass(eq=False)
class SlowDown(Refusal):
    code: ClassVar[str] = "slow_down"


@dataclass(eq=False)
class Incomplete(CollabError):
    """Answered by the server's state vector: the client brings the whole."""

    code: ClassVar[str] = "incomplete"
    client: int
    clock: int


@dataclass(eq=False)
class AlreadyBegun(CollabError):
    code: ClassVar[str] = "already_begun"
    document: str


@dataclass(eq=False)
class PlaceLost(CollabError):
    code: ClassVar[str] = "place_lost"
    block: str


@dataclass(eq=False)
class NoSuchMoment(CollabError):
    code: ClassVar[str] = "no_such_moment"
    document: str
    seq: int


@dataclass(eq=False)
class DamagedRow(CollabError):
    code: ClassVar[str] = "damaged_row"
    document: str
    seq: int
    why: str


@dataclass(eq=False)
class Unreadable(CollabError):
    code: ClassVar[str] = "unreadable"
    why: str


@dataclass(eq=False)
class DamagedPart(CollabError):
    """`part` is the name of the blob."""

    code: ClassVar[str] = "damaged_part"
    document: str
    part: str
    why: str


@dataclass(eq=False)
class Trimmed(CollabError):
    """The log goes on with entry `seq`, and those between `after` and it are elsewhere, or lost."""

    code: ClassVar[str] = "trimmed"
    document: str
    after: int
    seq: int


@dataclass(eq=False)
class Unequal(CollabError):
    code: ClassVar[str] = "unequal"
    document: str
    why: str


@dataclass(eq=False)
class NotCompacted(CollabError):
    code: ClassVar[str] = "not_compacted"
    document: str
    why: str
