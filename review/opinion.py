"""Who is asked in a round and what they may answer: consultees, their one opinion each, the classes of comments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from review.ids import ConsulteeId, DepartmentId, PersonId


class CommentClass(StrEnum):
    MAJOR = "major"
    RECOMMENDING = "recommending"
    EDITORIAL = "editorial"


class Stance(StrEnum):
    """What a consultee says on the whole version."""

    NO_COMMENTS = "no_comments"
    WITH_COMMENTS = "with_comments"
    WITH_MAJOR_COMMENTS = "with_major_comments"
    NOT_COMPETENT = "not_competent"


class Silence(StrEnum):
    """What a round makes of a consultee that said nothing until the end."""

    DEEMED = "deemed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Consultee:
    """A department or a person that is asked; its id is theirs, so each is asked once in a round."""

    id: ConsulteeId
    department: DepartmentId | None = None
    person: PersonId | None = None
    mandatory: bool = True
    coordinator: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """One consultee's answer. `by` is None only when silence was taken for it: no person did that."""

    stance: Stance
    by: PersonId | None
    at: datetime
    note: str = ""
    late: bool = False

    @property
    def deemed(self) -> bool:
        return self.by is None
