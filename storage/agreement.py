"""Whether what is kept says the same as the facts that tell of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from review.comment import Comment
from review.document import Version, VersionKind
from review.facts import Fact
from review.handover import Handover
from review.handover import State as HandoverState
from review.round import Round
from review.round import State as RoundState

SUBJECTS = {
    "version": "versions",
    "handover": "handovers",
    "round": "rounds",
    "opinion": "rounds",
    "comment": "comments",
    "settlement": "comments",
}
"""By the first word of a fact's type, the kind of the record that it tells of."""

_NAMES = {"versions": "version", "handovers": "handover", "rounds": "round", "comments": "comment"}

ROUND_STATES = {
    "round.opened": RoundState.OPEN,
    "round.reopened": RoundState.OPEN,
    "round.closed": RoundState.CLOSED,
    "round.settling": RoundState.SETTLING,
    "round.settled": RoundState.SETTLED,
    "round.cancelled": RoundState.CANCELLED,
}

Claims = Iterator[tuple[str, object, object]]
"""What is claimed: its name, as the record says it, as the facts do."""


def subject(fact: Fact) -> tuple[str, str] | None:
    """Kind and identity of the record that a fact tells of."""
    kind = SUBJECTS.get(fact.type.partition(".")[0])
    id = fact.data.get(_NAMES[kind]) if kind else None
    return (kind, id) if kind and isinstance(id, str) else None


def disagreements(kind: str, value: Any, facts: Sequence[Fact]) -> list[str]:
    """Names of what the record says otherwise than its facts, which are in order."""
    return [name for name, kept, told in _CLAIMS[kind](value, facts) if kept != told]


def place(kind: str, id: str) -> str:
    """How a record is called in a report."""
    return f"{'hand-over' if kind == 'handovers' else _NAMES[kind]} {id}"


def _of_version(version: Version, facts: Sequence[Fact]) -> Claims:
    created = _last(facts, "version.created")
    yield "making", True, created is not None
    if created is None:
        return
    signed, superseded = _last(facts, "version.signed"), _last(facts, "version.superseded")
    signatures = [fact for fact in facts if fact.type == "version.signature"]
    yield "document", version.document, created.document
    yield "number", version.number, created.data.get("number")
    yield "hash of its content", version.content, created.data.get("contentHash")
    yield "maker", *_person(version.by, created)
    yield "moment of making", version.created, created.at
    yield "kind", version.kind, _kind_of(created, signed)
    files = [*version.earlier_files, *([version.file] if version.file else [])]
    yield "files", files, _in_order(facts, "fileHash")
    yield "successor", version.superseded_by, superseded.data.get("supersededBy") if superseded else None
    yield "number of signatures", len(version.signatures), len(signatures)
    for summary, fact in zip(version.signatures, signatures, strict=False):
        kept = (summary.field, summary.at, summary.level)
        yield f"signature {summary.field}", kept, (fact.data.get("field"), fact.at, fact.data.get("level"))
        yield f"signer of {summary.field}", *_person(summary.by, fact)
    if signed is not None:
        yield "predecessor", version.supersedes, signed.data.get("supersedes")
    yield "publication", version.published, bool(signed and signed.data.get("published"))


def _kind_of(created: Fact, signed: Fact | None) -> VersionKind:
    if signed is not None:
        return VersionKind.SIGNED
    return VersionKind.FINAL if "fileHash" in created.data else VersionKind.FROZEN


def _of_handover(handover: Handover, facts: Sequence[Fact]) -> Claims:
    for fact in facts[:1]:
        yield "document", handover.document, fact.document
        yield "version", handover.version, fact.data.get("version")
    word = facts[-1].type.partition(".")[2] if facts else "retried"
    yield "state", handover.state, HandoverState.READY if word == "retried" else HandoverState(word)
    yield "attempt", handover.attempt, facts[-1].data.get("attempt") if facts else 1
    offers = [fact for fact in facts if fact.type == "handover.offered"]
    hashes = [sha256 for fact in offers for sha256 in fact.data.get("packages", ())]
    held = [file.sha256 for file in (*handover.earlier, *handover.packages.values())]
    yield "packages", held, hashes
    since = _since(facts, "handover.retried")
    offered, received = _last(since, "handover.offered"), _last(since, "handover.received")
    registered, archived = _last(facts, "handover.registered"), _last(facts, "handover.archived")
    yield "formats", list(handover.packages), list(offered.data.get("formats", ())) if offered else []
    yield "receipt", handover.receipt, received.data.get("sha256") if received else None
    words = handover.registration
    numbered = (words.reference, words.retention_sign.value) if words else None
    told = (registered.data.get("reference"), registered.data.get("retentionSign")) if registered else None
    yield "registration", numbered, told
    yield "archive's identifier", handover.archive_id, archived.data.get("archiveId") if archived else None


def _of_round(round: Round, facts: Sequence[Fact]) -> Claims:
    if not facts:
        return
    yield "document", round.document, facts[0].document
    yield "number", round.number, facts[0].data.get("number")
    yield "state", round.state in _round_states(facts), True
    given = {fact.data["consultee"]: fact for fact in facts if fact.type == "opinion.submitted"}
    closed = _last(_since(facts, "round.reopened"), "round.closed")
    deemed = set(closed.data.get("deemed", ())) if closed else set()
    yield "opinions", set(round.opinions), given.keys() | deemed
    for id, opinion in round.opinions.items():
        fact = given.get(id)
        if fact is not None:
            told = (fact.data.get("kind"), fact.at, fact.data.get("late"))
            yield f"opinion of {id}", (opinion.stance.value, opinion.at, opinion.late), told
            yield f"speaker of {id}", *_person(opinion.by, fact)


def _round_states(facts: Sequence[Fact]) -> set[RoundState]:
    """The one that the facts lead to; a late opinion with comments brings a settled round back without a word."""
    state = RoundState.PREPARED
    may_be = {state}
    for fact in facts:
        if fact.type in ROUND_STATES:
            state = ROUND_STATES[fact.type]
            may_be = {state}
        elif fact.type == "opinion.submitted" and state is RoundState.SETTLED:
            may_be = {state, RoundState.SETTLING}
    return may_be


def _of_comment(comment: Comment, facts: Sequence[Fact]) -> Claims:
    drafted, submitted = _last(facts, "comment.drafted"), _last(facts, "comment.submitted")
    if drafted is not None:
        yield "author", *_person(comment.author, drafted)
        yield "number", comment.number, drafted.data.get("number")
        yield "round", comment.round, drafted.data.get("round")
        yield "consultee", comment.consultee, drafted.data.get("consultee")
    if submitted is not None:
        yield "class", comment.kind.value, submitted.data.get("class")
    withdrawn = _last(facts, "comment.withdrawn")
    yield "withdrawal", comment.withdrawn is not None, withdrawn is not None
    settled = [fact for fact in facts if fact.type in ("settlement.set", "settlement.proposed")]
    told = [(fact.data.get("kind"), fact.at, fact.type == "settlement.set") for fact in settled]
    yield "settlements", [(one.kind.value, one.at, one.confirmed) for one in comment.settlements], told
    for n, (settlement, fact) in enumerate(zip(comment.settlements, settled, strict=False), 1):
        yield f"settler of settlement {n}", *_person(settlement.by, fact)
    answered = [fact for fact in facts if fact.type == "comment.answered"]
    said = [(answer.agree, answer.at) for answer in comment.answers]
    yield "answers", said, [(fact.data.get("agree"), fact.at) for fact in answered]


_CLAIMS: Mapping[str, Callable[[Any, Sequence[Fact]], Claims]] = {
    "versions": _of_version,
    "handovers": _of_handover,
    "rounds": _of_round,
    "comments": _of_comment,
}


def _person(kept: str | None, fact: Fact) -> tuple[object, object]:
    """Who the record names and who the fact does; the same where the fact names nobody any more."""
    return kept, kept if fact.by is None else fact.by


def _last(facts: Sequence[Fact], type: str) -> Fact | None:
    return next((fact for fact in reversed(facts) if fact.type == type), None)


def _since(facts: Sequence[Fact], type: str) -> Sequence[Fact]:
    """What came after the last fact of this type; all where there is none."""
    at = max((n for n, fact in enumerate(facts, 1) if fact.type == type), default=0)
    return facts[at:]


def _in_order(facts: Sequence[Fact], key: str) -> list[object]:
    """The values that the facts state one after another; the same twice running is one."""
    return [value for value, _ in groupby(fact.data[key] for fact in facts if key in fact.data)]
