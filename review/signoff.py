"""Signing: the ordered or parallel steps by which one final version becomes signed, bound to exactly its content.

Pure. Steps follow one another; within an ordered step its signers too, within a parallel one they sign in any order.
A signature is asked for by a request of its own, so that the desk, the mass act and the outcome name the same thing.

    running → signed      running → refused (with a reason)      running | signed → void (the content changed)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, assert_never

from review.errors import Forbidden, Invalid, NotNow, Unknown
from review.facts import Fact
from review.ids import DocumentId, PersonId, RequestId, SigningId, VersionId


class State(StrEnum):
    RUNNING = "running"
    SIGNED = "signed"
    REFUSED = "refused"
    VOID = "void"


class Order(StrEnum):
    ORDERED = "ordered"
    PARALLEL = "parallel"


class Level(StrEnum):
    """PAdES baseline levels (ETSI EN 319 142-1)."""

    B = "B-B"
    T = "B-T"
    LT = "B-LT"
    LTA = "B-LTA"


@dataclass(frozen=True, slots=True)
class Request:
    """One signature that is asked of one person; `signed` is the moment it was given."""

    id: RequestId
    signer: PersonId
    signed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    requests: tuple[Request, ...]
    order: Order = Order.PARALLEL
    level: Level = Level.T

    @property
    def waiting(self) -> tuple[Request, ...]:
        """The requests whose turn it is within this step."""
        open_ones = tuple(request for request in self.requests if request.signed is None)
        return open_ones[:1] if self.order is Order.ORDERED else open_ones


@dataclass(frozen=True, slots=True)
class Refusal:
    by: PersonId
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A signature that was given and is being kept: until it is, nobody refuses and nobody else signs.

    It holds all that keeping takes, so that anybody can finish what a stop broke off. `base` is the SHA-256 of the
    file that was signed, `file` that of the file with the signature in it, `size` its bytes.
    """

    request: RequestId
    at: datetime
    level: str
    base: str
    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Signing:
    """`content` is the hash of the version's content: an approval holds for it and for nothing else."""

    id: SigningId
    document: DocumentId
    version: VersionId
    content: str
    steps: tuple[Step, ...]
    by: PersonId
    created: datetime
    state: State = State.RUNNING
    refusal: Refusal | None = None
    due: datetime | None = None
    claim: Claim | None = None

    @property
    def waiting(self) -> tuple[Request, ...]:
        """The requests whose turn it is now; none when the signing has ended."""
        if self.state is not State.RUNNING:
            return ()
        return next((step.waiting for step in self.steps if step.waiting), ())

    @property
    def requests(self) -> tuple[Request, ...]:
        return tuple(request for step in self.steps for request in step.requests)

    @property
    def signers(self) -> frozenset[PersonId]:
        return frozenset(request.signer for request in self.requests)


@dataclass(frozen=True, slots=True)
class Give:
    """The signer's act. `content` is the hash of what the signer saw."""

    by: PersonId
    claim: Claim
    content: str


@dataclass(frozen=True, slots=True)
class Sign:
    """The signature that was given is in the version's file."""

    by: PersonId
    request: RequestId
    content: str


@dataclass(frozen=True, slots=True)
class Refuse:
    by: PersonId
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """The content is edited, or a newer version takes its place: every approval given to the old one is void."""

    by: PersonId
    content: str


Command = Give | Sign | Refuse | Change
Outcome = tuple[Signing, tuple[Fact, ...]]


def ask(signing: Signing, now: datetime) -> Outcome:
    """A signing as it begins. Raises `Invalid` for no step, an empty step, or a signer named twice in one."""
    if not signing.steps:
        raise Invalid("steps", "empty")
    for n, step in enumerate(signing.steps):
        signers = [request.signer for request in step.requests]
        if not signers:
            raise Invalid(f"steps[{n}].signers", "empty")
        if len(set(signers)) < len(signers):
            raise Invalid(f"steps[{n}].signers", "repeated")
    asked = [request.signer for request in signing.waiting]
    return signing, _facts(signing, "signing.asked", now, signing.by, signers=asked)


def decide(signing: Signing, command: Command, now: datetime) -> Outcome:
    """The next signing and what happened. Raises a `ReviewError` when a guard refuses; then nothing happened."""
    match command:
        case Give():
            return _give(signing, command)
        case Sign():
            return _sign(signing, command, now)
        case Refuse():
            return _refuse(signing, command, now)
        case Change():
            return _change(signing, command, now)
        case _:
            assert_never(command)


def _give(signing: Signing, command: Give) -> Outcome:
    _require_unclaimed(signing, command)
    _require_turn(signing, command, command.claim.request)
    return replace(signing, claim=command.claim), ()


def _sign(signing: Signing, command: Sign, now: datetime) -> Outcome:
    if signing.claim is not None and signing.claim.request != command.request:
        raise NotNow("Sign", "being_signed")
    _require_turn(signing, command, command.request)
    before = signing.waiting
    steps = tuple(_marked(step, command.request, now) for step in signing.steps)
    signed = replace(signing, steps=steps, claim=None)
    facts = _facts(signed, "signing.signed", now, command.by, request=command.request)
    if not signed.waiting:
        done = replace(signed, state=State.SIGNED)
        return done, facts + _facts(done, "signing.completed", now, command.by)
    asked = [request.signer for request in signed.waiting if request not in before]
    return signed, facts + (_facts(signed, "signing.asked", now, command.by, signers=asked) if asked else ())


def _require_turn(signing: Signing, command: Give | Sign, request: RequestId) -> None:
    _require_running(signing, command)
    if command.content != signing.content:
        raise NotNow(type(command).__name__, State.VOID)
    if request not in {r.id for r in signing.requests if r.signer == command.by}:
        raise Unknown("request")
    if request not in {r.id for r in signing.waiting}:
        raise NotNow(type(command).__name__, "not_your_turn")


def _marked(step: Step, request: RequestId, now: datetime) -> Step:
    return replace(step, requests=tuple(replace(r, signed=now) if r.id == request else r for r in step.requests))


def _refuse(signing: Signing, command: Refuse, now: datetime) -> Outcome:
    if command.by not in signing.signers:
        raise Forbidden("sign")
    _require_running(signing, command)
    _require_unclaimed(signing, command)
    if command.by not in {request.signer for request in signing.waiting}:
        raise NotNow("Refuse", "not_your_turn")
    if not command.reason.strip():
        raise Invalid("reason", "required")
    refused = replace(signing, state=State.REFUSED, refusal=Refusal(command.by, now, command.reason))
    return refused, _facts(refused, "signing.refused", now, command.by)


def _change(signing: Signing, command: Change, now: datetime) -> Outcome:
    if command.content == signing.content or signing.state in (State.VOID, State.REFUSED):
        return signing, ()
    _require_unclaimed(signing, command)
    return replace(signing, state=State.VOID), _facts(signing, "signing.voided", now, command.by)


def _require_running(signing: Signing, command: Command) -> None:
    if signing.state is not State.RUNNING:
        raise NotNow(type(command).__name__, signing.state)


def _require_unclaimed(signing: Signing, command: Command) -> None:
    if signing.claim is not None:
        raise NotNow(type(command).__name__, "being_signed")


def _facts(signing: Signing, type: str, now: datetime, by: PersonId, **data: Any) -> tuple[Fact, ...]:
    named = {"signing": signing.id, "version": signing.version, **data}
    return (Fact(type, now, by, signing.document, named),)
