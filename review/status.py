"""What a citizen is told of a matter: its stage, since when, who has it, what comes next. Never a name or a title."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from review import document, handover


class Stage(StrEnum):
    """The line on which a matter moves, as a citizen knows it. `withdrawn` stands beside the line."""

    PREPARING = "preparing"
    IN_REVIEW = "in_review"
    SETTLING = "settling"
    SIGNING = "signing"
    DECIDED = "decided"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"


LINE = (Stage.PREPARING, Stage.IN_REVIEW, Stage.SETTLING, Stage.SIGNING, Stage.DECIDED, Stage.ARCHIVED)


@dataclass(frozen=True, slots=True)
class Known:
    """What the office knows: states, and the days on which they began and are to end (the office's calendar).

    `began` is the day of the document's present state. `review_due` is the end of an open round, `signing_due` of a
    running signing. `decided` is the day of the last signature on a signed version, kept while a change is prepared.
    """

    state: document.State
    department: str
    began: date
    review_due: date | None = None
    signing_due: date | None = None
    decided: date | None = None
    handover: handover.State | None = None
    must_act: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """`next` is the stage that follows, None at the end of the line. `department` is the name of an office's part."""

    stage: Stage
    since: date
    department: str
    next: Stage | None
    must_act: bool
    expected: date | None


_STAGES: Mapping[document.State, Stage] = {
    document.State.DRAFT: Stage.PREPARING,
    document.State.IN_REVIEW: Stage.IN_REVIEW,
    document.State.SETTLING: Stage.SETTLING,
    document.State.READY: Stage.SIGNING,
    document.State.SIGNING: Stage.SIGNING,
    document.State.SIGNED: Stage.DECIDED,
    document.State.HANDED_OVER: Stage.DECIDED,
    document.State.SUPERSEDED: Stage.DECIDED,
    document.State.WITHDRAWN: Stage.WITHDRAWN,
}


def tell(known: Known) -> Told:
    """What may be said to who holds the code."""
    stage = stage_of(known)
    since = known.decided if stage is Stage.DECIDED and known.decided else known.began
    return Told(stage, since, known.department, _next(stage), known.must_act, _expected(known, stage))


def stage_of(known: Known) -> Stage:
    """The stage alone. What was decided stays decided while a change of it is prepared."""
    stage = _STAGES[known.state]
    if known.decided and stage is not Stage.WITHDRAWN:
        stage = Stage.DECIDED
    if stage is Stage.DECIDED and known.handover is handover.State.ARCHIVED:
        return Stage.ARCHIVED
    return stage


def _next(stage: Stage) -> Stage | None:
    if stage is Stage.WITHDRAWN:
        return None
    after = LINE.index(stage) + 1
    return LINE[after] if after < len(LINE) else None


def _expected(known: Known, stage: Stage) -> date | None:
    return {Stage.IN_REVIEW: known.review_due, Stage.SIGNING: known.signing_due}.get(stage)


@dataclass(frozen=True, slots=True)
class Step:
    """One place on the line of stages; exactly one is current unless the matter was withdrawn."""

    stage: Stage
    done: bool
    current: bool


def line(stage: Stage) -> tuple[Step, ...]:
    """Every stage in order, marked by how far the matter is."""
    at = LINE.index(stage) if stage in LINE else -1
    return tuple(Step(each, place < at, place == at) for place, each in enumerate(LINE))


WORDS: Mapping[str, Mapping[Stage, str]] = {
    "cs": {
        Stage.PREPARING: "Připravuje se",
        Stage.IN_REVIEW: "Připomínkuje se",
        Stage.SETTLING: "Vypořádávají se připomínky",
        Stage.SIGNING: "Podepisuje se",
        Stage.DECIDED: "Rozhodnuto",
        Stage.ARCHIVED: "Uloženo v archivu",
        Stage.WITHDRAWN: "Staženo",
    },
    "en": {
        Stage.PREPARING: "Being prepared",
        Stage.IN_REVIEW: "Under review",
        Stage.SETTLING: "Comments are being settled",
        Stage.SIGNING: "Being signed",
        Stage.DECIDED: "Decided",
        Stage.ARCHIVED: "Kept in the archive",
        Stage.WITHDRAWN: "Withdrawn",
    },
}


def word(stage: Stage, locale: str) -> str:
    """The stage in words for people; an unknown language is answered in Czech."""
    return WORDS.get(locale, WORDS["cs"])[stage]
