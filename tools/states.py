"""The page of states: what every machine answers when every command is tried in every state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from review import comment as comments
from review import handover as handovers
from review import round as rounds
from review import settling, signoff
from review.document import State as DocumentState
from review.errors import NotNow
from review.handover import Handover, Registration, RetentionSign, StoredFile
from review.ids import (
    CommentId,
    ConsulteeId,
    DepartmentId,
    DocumentId,
    HandoverId,
    PersonId,
    ReplyId,
    RequestId,
    RoundId,
    SigningId,
    VersionId,
)
from review.opinion import CommentClass, Consultee, Opinion, Silence, Stance
from review.settlement import Dispute, DisputeState, DisputeStep, Settlement, SettlementKind

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
ME = PersonId("me")
FIRST, SECOND = ConsulteeId("first"), ConsulteeId("second")
"""Both are asked in every round here; who has answered depends on the command tried."""


@dataclass(frozen=True, slots=True)
class Try:
    """A command as a program gives it: the address, in words what it does, and how it is tried on a specimen."""

    address: str
    words: str
    tried: Callable[[Any], Any]


def transitions(specimens: Mapping[str, Any], tries: Iterable[Try], state: Callable[[Any], str]) -> str:
    """Each command with every step it takes; one that is refused in a state, or changes nothing there, has none."""
    rows = ["| request | what | from → to |", "|---|---|---|"]
    for one in tries:
        steps = [f"{name} → {state(after)}" for name, specimen in specimens.items() if (after := _after(one, specimen))]
        rows.append(f"| {one.address} | {one.words} | {', '.join(steps)} |")
    return "\n".join(rows)


def _after(one: Try, specimen: Any) -> Any:
    try:
        after, facts = one.tried(specimen)
    except NotNow:
        return None
    return after if facts else None


# Rounds ----------------------------------------------------------------------------------------------------------


def a_round(state: rounds.State) -> rounds.Round:
    asked = tuple(Consultee(id, DepartmentId(id)) for id in (FIRST, SECOND))
    return rounds.Round(
        RoundId("round"), DocumentId("d"), 1, VersionId("v"), asked, LATER, Silence.DEEMED, ME, NOW, state=state
    )


def asked(command: rounds.Command, answered: Iterable[ConsulteeId] = (), now: datetime = NOW) -> Callable[[Any], Any]:
    """Tried once the consultees named have said that they have no comments."""
    opinions = {id: Opinion(Stance.NO_COMMENTS, ME, NOW) for id in answered}
    return lambda round: rounds.decide(replace(round, opinions=opinions), command, now)


ROUND = (
    Try("`POST …/rounds/{r}/open`", "freeze the draft and ask", asked(rounds.Open(ME, NOW))),
    Try("`PUT …/opinions/{c}`", "an opinion, others are awaited", asked(rounds.Submit(ME, FIRST, Stance.NO_COMMENTS))),
    Try("", "the last opinion that is awaited", asked(rounds.Submit(ME, FIRST, Stance.NO_COMMENTS), [SECOND])),
    Try("`POST …/close`", "close, nobody is awaited", asked(rounds.Close(ME), [FIRST, SECOND])),
    Try("", "by the clock, the time is out", asked(rounds.Close(), now=LATER)),
    Try("`POST …/extend`", "move the deadline", asked(rounds.Extend(ME, LATER + timedelta(1), "reason"))),
    Try("`POST …/opinions/{c}/admit`", "leave for a late opinion", asked(rounds.Admit(ME, FIRST))),
    Try("`POST …/cancel`", "cancel", asked(rounds.Cancel(ME, "reason"))),
    Try("`POST …/reopen`", "open again", asked(rounds.Reopen(ME, "reason", NOW))),
    Try("`PUT …/comments/{c}/settlement`", "a settlement, also a revised one", asked(rounds.Begin(ME))),
    Try("", "by itself, everything is settled", asked(rounds.Conclude(None, rounds.Tally(1)))),
)

# Comments and disputes -------------------------------------------------------------------------------------------

OPINION = Opinion(Stance.WITH_MAJOR_COMMENTS, ME, NOW)
REJECTED = Settlement(SettlementKind.REJECTED, ME, NOW, True, "reason")


def a_comment(**more: Any) -> comments.Comment:
    """A major one, as it is submitted."""
    return comments.Comment(
        CommentId("c"), RoundId("round"), 1, FIRST, ME, NOW, CommentClass.MAJOR, "text", None, "because",
        **{"submitted": NOW, **more},
    )  # fmt: skip


def a_dispute(state: DisputeState) -> Dispute:
    return Dispute((DisputeStep(state, int(state is DisputeState.ESCALATED), 1, ME, NOW),))


COMMENTS = {
    "draft": a_comment(submitted=None),
    "submitted": a_comment(),
    "proposed": a_comment(settlements=(replace(REJECTED, confirmed=False),)),
    "settled": a_comment(settlements=(REJECTED,)),
    "disputed": a_comment(settlements=(REJECTED,), disputes=(a_dispute(DisputeState.NEGOTIATING),)),
    "withdrawn": a_comment(withdrawn=comments.Withdrawal(ME, NOW)),
}
DISPUTES = {
    "none": a_comment(settlements=(REJECTED,)),
    **{state.value: a_comment(settlements=(REJECTED,), disputes=(a_dispute(state),)) for state in DisputeState},
}


def beside(comment: comments.Comment) -> rounds.Round:
    """Its round: open while it is a draft, in settlement afterwards."""
    if comment.submitted is None:
        return a_round(rounds.State.OPEN)
    return replace(a_round(rounds.State.SETTLING), opinions={FIRST: OPINION})


def said(command: comments.Command) -> Callable[[Any], Any]:
    return lambda comment: comments.decide(comment, beside(comment), command, NOW)


def settled(command: settling.Command) -> Callable[[Any], Any]:
    return lambda comment: settling.decide(comment, beside(comment), command, NOW)


def answered(comment: comments.Comment) -> comments.Outcome:
    return comments.submit(comment, replace(a_round(rounds.State.OPEN), opinions={FIRST: OPINION}))


COMMENT = (
    Try("`PATCH …/comments/{c}`", "change it", said(comments.Edit(ME, CommentClass.MAJOR, "text", "because", None))),
    Try("`PUT …/opinions/{c}`", "it goes with its consultee's opinion", answered),
    Try("`POST …/withdraw`", "withdraw it", said(comments.Withdraw(ME))),
    Try("`POST …/replies`", "say something to it", said(comments.AddReply(ME, ReplyId("r"), "text"))),
    Try("`PUT …/settlement`", "by an editor", settled(settling.Propose(ME, SettlementKind.REJECTED, "reason"))),
    Try("", "by the submitter", settled(settling.Settle(ME, SettlementKind.REJECTED, "reason"))),
    Try("`PUT …/answer`", "`agree: true`, to a major one", settled(settling.Reply(ME, True))),
    Try("", "`agree: false`, to a major one that is not accepted", settled(settling.Reply(ME, False))),
)
DISPUTE = (
    Try("`PUT …/answer`", "`agree: false`", settled(settling.Reply(ME, False))),
    Try("", "`agree: true`", settled(settling.Reply(ME, True))),
    Try("`PUT …/settlement`", "accepted at last", settled(settling.Settle(ME, SettlementKind.ACCEPTED))),
    Try("`POST …/dispute/escalate`", "a level higher, up to three", settled(settling.Escalate(ME))),
    Try("`POST …/dispute/remove`", "by an agreement", settled(settling.Remove(ME, "note"))),
    Try("`POST …/dispute/decide`", "decided from above", settled(settling.Rule(ME, "result", "record"))),
)

# Signings --------------------------------------------------------------------------------------------------------


def a_signing(state: signoff.State, *signers: PersonId) -> signoff.Signing:
    requests = tuple(signoff.Request(RequestId(signer), signer) for signer in signers)
    return signoff.Signing(
        SigningId("s"), DocumentId("d"), VersionId("v"), "hash", (signoff.Step(requests),), ME, NOW, state
    )


def signing(command: signoff.Command, *others: str) -> Callable[[Any], Any]:
    return lambda state: signoff.decide(a_signing(state, ME, *map(PersonId, others)), command, NOW)


SIGN = signoff.Sign(ME, RequestId("me"), "hash")
SIGNING = (
    Try("`POST …/signing-acts`", "a signature, others are awaited", signing(SIGN, "other")),
    Try("", "the last signature", signing(SIGN)),
    Try("`POST …/signings/{s}/refuse`", "refuse, with a reason", signing(signoff.Refuse(ME, "reason"))),
)

# Hand-overs ------------------------------------------------------------------------------------------------------

FILE = StoredFile("package.zip", "0" * 64, 1, "application/zip")
PACKAGE = {"bagit": FILE}
HELD = Registration("reference", "mark", RetentionSign.ARCHIVE, 10)


def a_handover(state: handovers.State) -> Handover:
    return Handover(
        HandoverId("h"), DocumentId("d"), VersionId("v"), "1", DepartmentId("o"), NOW, NOW, state, packages=PACKAGE
    )


def handed(command: handovers.Command) -> Callable[[Any], Any]:
    return lambda handover: handovers.decide(handover, command, NOW)


HANDOVER = (
    Try("", "packaged, and its own check is passed", handed(handovers.Offer(PACKAGE, ()))),
    Try("", "packaged, and its own check is not passed", handed(handovers.Fail("code", "detail"))),
    Try("`PUT …/receipt`", "the registry has the bytes", handed(handovers.Receive(FILE.sha256))),
    Try("`PUT …/registration`", "the registry has registered it", handed(handovers.Register(HELD))),
    Try("`PUT …/archival`", "it is in the archive", handed(handovers.Archive("id"))),
    Try("`POST …/rejection`", "the registry sends it back", handed(handovers.Reject("code", "detail"))),
    Try("`POST /api/v1/handovers/{h}/retry`", "the office packages it again", handed(handovers.Retry())),
    Try("`POST /api/v1/handovers/{h}/withdrawal`", "the office takes it back", handed(handovers.Withdraw("reason"))),
)

# Documents: their state follows from what happens to their rounds, signings and hand-overs. ---------------------------

DOCUMENT: Mapping[DocumentState, str] = {
    DocumentState.DRAFT: "it is begun; a round was cancelled, a signature refused; a change of a signed version began",
    DocumentState.IN_REVIEW: "a round was opened or reopened",
    DocumentState.SETTLING: "the round opened last has closed, and something in it is not settled",
    DocumentState.READY: "everything in the round opened last is settled; or it was finalised",
    DocumentState.SIGNING: "signatures were asked for",
    DocumentState.SIGNED: "the last signature was given",
    DocumentState.HANDED_OVER: "the registry has received the signed version",
    DocumentState.WITHDRAWN: "nothing leads there yet",
    DocumentState.SUPERSEDED: "nothing leads there yet: a superseded version is known by `supersededBy`",
}


def documents() -> str:
    rows = [f"| `{state}` | {DOCUMENT[state]} |" for state in DocumentState]
    return "\n".join(["| state | when |", "|---|---|", *rows])


def page(note: str) -> str:
    return f"""# States

What follows what. A request in a state that has no step below is refused with 409 `not_in_state`, or a code that says
more (`already_answered`, `still_waiting`, `already_withdrawn`, `unsettled_comments`), and changes nothing. A draft with
undecided suggestions is neither frozen nor finalised: 409 `open_suggestions`. Who may do it is another question:
[rights](rights.md).

{note}
## Document

{documents()}

A draft is written in while its document is `draft`, `in_review`, `settling` or `ready`.

## Round

{transitions({s.value: a_round(s) for s in rounds.State}, ROUND, lambda round: str(round.state))}

An opinion comes late only with leave; a settled round is then `settling` again if comments come with it.

## Comment

{transitions(COMMENTS, COMMENT, lambda comment: str(comment.state))}

Drafts change while the round is open, or while their consultee has leave to be late. Settlements are made once the
round has closed. A major comment that is not accepted is finished only when its consultee agreed, or its dispute has
ended.

## Dispute

{transitions(DISPUTES, DISPUTE, lambda c: str(c.dispute.last.state) if c.dispute else "none")}

## Signing

{transitions({s.value: s for s in signoff.State}, SIGNING, lambda signing: str(signing.state))}

## Hand-over

{transitions({s.value: a_handover(s) for s in handovers.State}, HANDOVER, lambda handover: str(handover.state))}

`archived` and `withdrawn` are ends. A repeated receipt, registration or archival with the same words gives the same
answer, another one is refused.
"""
