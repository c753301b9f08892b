"""What becomes of a comment: settlements in revisions, the consultee's answer to each, and the dispute if they differ.

Nothing here is ever overwritten: a new settlement is a further revision, a dispute keeps each of its steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from review.ids import PersonId

TOP_LEVEL = 3


class SettlementKind(StrEnum):
    ACCEPTED = "accepted"
    PARTLY = "partly"
    EXPLAINED = "explained"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Settlement:
    """One revision. An editor's is a proposal until the submitter confirms it (`confirmed`).

    `wording` is plain text that takes the anchored passage's place.
    """

    kind: SettlementKind
    by: PersonId
    at: datetime
    confirmed: bool
    reason: str = ""
    wording: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The consultee's word on the settlement with the number `revision` (from 1)."""

    revision: int
    agree: bool
    by: PersonId
    at: datetime
    note: str = ""


class DisputeState(StrEnum):
    NEGOTIATING = "negotiating"
    ESCALATED = "escalated"
    REMOVED = "removed"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class DisputeStep:
    """What was done in a dispute, over which revision of the settlement. `note` is a talk's outcome or a record."""

    state: DisputeState
    level: int
    revision: int
    by: PersonId
    at: datetime
    note: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class Dispute:
    """At level 0 the two sides negotiate; each escalation brings it a level higher, up to `TOP_LEVEL`."""

    steps: tuple[DisputeStep, ...]

    @property
    def last(self) -> DisputeStep:
        return self.steps[-1]

    @property
    def open(self) -> bool:
        return self.last.state in (DisputeState.NEGOTIATING, DisputeState.ESCALATED)

    def covers(self, revision: int) -> bool:
        """Whether the dispute, open or ended, leaves no question about this revision of the settlement."""
        return self.open or self.last.state is DisputeState.DECIDED or self.last.revision >= revision
