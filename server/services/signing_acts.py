"""One act of a person signs many documents: by a key kept here, in a job; or by a key elsewhere, in two calls.

Each document has an outcome of its own, and each is either signed and whole or untouched and still waiting: the file
is stored first, then claimed in the signing's record, and only then the version takes it.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from review.calendar import OFFICE
from review.document import Version
from review.errors import ChangedMeanwhile, Invalid, NotFound
from review.ids import ActId, PersonId, RequestId, new_id
from review.people import Person
from review.ports import Blobs, Clock, Kept, Repository
from review.signoff import Claim, Level, Request, Signing, State
from server.jobs import Job, Jobs, Progress
from server.problems import Problem, words
from server.services.credentials import Credentials
from server.services.finalizing import MOST_SIGNERS, field_of
from server.services.signings import Signings
from server.services.trust import Trust
from signing import ports
from signing.cms import algorithm_of
from signing.credentials import Opened, require_usable
from signing.errors import BadCredential
from signing.sealing import Act, Failed, Order, Outcome, Pending, Sealed, finish_all, prepare_all, seal_all
from signing.stamps import draw
from signing.timestamps import sha256
from signing.trust import load_pem, read_certificate, require_readable

log = logging.getLogger("paraph.signing")

JOB: Final = "signing-act"
MOST_REQUESTS: Final = 2000
SEALED_AT_ONCE: Final = 32
KEPT_AT_ONCE: Final = 128
TRIES: Final = MOST_SIGNERS
"""Each one in vain is a signature of somebody else who is asked."""
NOTICE: Final = "bez právní závaznosti"

Told = dict[str, Any]
"""An outcome as the outside is told of it: request, result, version, code, detail."""


@dataclass(frozen=True, slots=True)
class ExternalAct:
    """Prepared signatures that wait for values from elsewhere. `pending` is by request; `certificate` is DER."""

    id: ActId
    person: PersonId
    certificate: bytes
    chain: tuple[bytes, ...]
    at: datetime
    pending: Mapping[str, Mapping[str, Any]]

    @property
    def digests(self) -> list[dict[str, str]]:
        """What is to be signed, in the order asked for: `toSign` is a SHA-256 in hex."""
        name = algorithm_of(x509.load_der_x509_certificate(self.certificate).public_key()).value
        return [
            {"request": id, "algorithm": name, "toSign": sha256(Pending.load(one).to_sign).hex()}
            for id, one in self.pending.items()
        ]


@dataclass(frozen=True, slots=True)
class Piece:
    """One document of an act, as it was read."""

    request: Request
    number: int
    kept: Kept[Signing]
    version: Version
    level: Level

    @property
    def signing(self) -> Signing:
        return self.kept.value

    @property
    def field(self) -> str:
        return field_of(self.number)


@dataclass(frozen=True, slots=True)
class SigningActs:
    signings: Signings
    acts: Repository[ExternalAct]
    credentials: Credentials
    trust: Trust
    blobs: Blobs
    people: Repository[Person]
    jobs: Jobs
    clock: Clock

    # With a key that is kept here --------------------------------------------------------------------------------

    async def start(
        self, person: Person, requests: Sequence[str], credential: str, pin: str, id: str | None = None
    ) -> Job:
        """Opens the key, then signs in a job. Raises `NotFound`, `CredentialRefused`; then nothing was begun."""
        await self._check(person, requests)
        key = await self.credentials.open(person, credential, pin)
        return await self.jobs.start(JOB, person.id, {"requests": list(requests)}, secret=key, id=id)

    async def run(self, progress: Progress) -> Mapping[str, Any]:
        """The runner of the job. After a restart the key is gone: what was signed is told, the rest still waits."""
        requests = [RequestId(str(id)) for id in progress.job.input["requests"]]
        person = (await self.people.get(str(progress.job.person))).value
        progress.begin(len(requests))
        key = progress.secret if isinstance(progress.secret, Opened) else None
        makers = await self._makers(person, key.certificate, key.chain, key) if key else None
        if makers is None:
            for id in requests:
                progress.step(await self._left(person, id))
        else:
            await self._sign_all(person, requests, makers, progress.step)
        signed = sum(outcome["result"] == "signed" for outcome in progress.job.outcomes)
        return {"signed": signed, "total": len(requests)}

    async def _check(self, person: Person, requests: Sequence[str]) -> None:
        if not requests or len(requests) > MOST_REQUESTS or len(set(requests)) < len(requests):
            raise Invalid("requests", "items", {"least": 1, "most": MOST_REQUESTS})
        await asyncio.gather(*(self._piece(person, RequestId(id)) for id in requests))

    async def _makers(
        self,
        person: Person,
        certificate: x509.Certificate,
        chain: Sequence[x509.Certificate],
        key: ports.Credentials | None = None,
    ) -> Makers:
        now = self.clock()
        lines = [now.astimezone(OFFICE).strftime("%-d. %-m. %Y %H:%M")]
        face = await asyncio.to_thread(draw, person.name, lines, NOTICE, "cs")
        stamper = await self.trust.time_stamper()
        plain = Act.of(certificate, chain, face, person.name, now)
        return Makers({Level.B: plain, Level.T: replace(plain, stamper=stamper)}, key)

    async def _sign_all(
        self, person: Person, requests: Sequence[RequestId], makers: Makers, tell: Callable[[Told], None]
    ) -> None:
        """Signs batch by batch while earlier ones are being kept; again what somebody else signed in between."""
        left = list(requests)
        for _ in range(TRIES):
            keeping = Keeping(tell)
            async with keeping.tasks:
                for start in range(0, len(left), SEALED_AT_ONCE):
                    await self._sign_batch(person, left[start : start + SEALED_AT_ONCE], makers, keeping)
            left = keeping.again
        for id in left:
            tell(await self._became(person, id))

    async def _sign_batch(
        self, person: Person, requests: Sequence[RequestId], makers: Makers, keeping: Keeping
    ) -> None:
        pieces, settled = await self._pieces(person, requests)
        for outcome in settled.values():
            keeping.tell(outcome)
        sealed = await self._sealed(pieces, makers)
        for piece in pieces:
            await keeping.begin(piece.request.id, self._keep(person, piece, sealed[piece.request.id]))

    async def _sealed(self, pieces: Sequence[Piece], makers: Makers) -> Mapping[str, Outcome]:
        files = await asyncio.gather(*(self.blobs.get(str(piece.version.file)) for piece in pieces))
        orders = [
            (piece.level, Order(piece.request.id, pdf, piece.field)) for piece, pdf in zip(pieces, files, strict=True)
        ]
        return await asyncio.to_thread(makers.seal, orders)

    async def _keep(self, person: Person, piece: Piece, outcome: Outcome) -> Told | None:
        """None when something happened to the signing meanwhile: to be looked at again as it is now."""
        if isinstance(outcome, Failed):
            told = self._failed(person, outcome.id, outcome.code)
            return told if await self.signings.stands(piece.kept) else None
        file, base = await self.blobs.put(outcome.pdf), str(piece.version.file)
        claim = Claim(piece.request.id, self.clock(), outcome.level, base, file, len(outcome.pdf))
        try:
            claimed = await self.signings.claim(piece.kept, person.id, claim)
        except ChangedMeanwhile:
            return None
        await self.signings.settled(claimed)
        return {"request": outcome.id, "result": "signed", "version": piece.version.id}

    # With a key elsewhere ----------------------------------------------------------------------------------------

    async def prepare(
        self, person: Person, requests: Sequence[str], certificate: str, id: str | None = None
    ) -> ExternalAct:
        """The act, whose `digests` are to be signed. Raises `CredentialRefused`, `not_waiting`."""
        await self._check(person, requests)
        anchors, now = await self.trust.anchors(), self.clock()
        leaf, others = _certificates(certificate)
        require_usable(leaf, now)
        chain = anchors.path(leaf, others, now)
        makers = await self._makers(person, leaf, chain)
        pieces, settled = await self._pieces(person, [RequestId(id) for id in requests])
        if settled:
            raise Problem("not_waiting")
        files = await asyncio.gather(*(self.blobs.get(str(piece.version.file)) for piece in pieces))
        orders = [(p.level, Order(p.request.id, pdf, p.field)) for p, pdf in zip(pieces, files, strict=True)]
        pending = await asyncio.to_thread(makers.prepare, orders)
        der = tuple(link.public_bytes(Encoding.DER) for link in (leaf, *chain))
        dumped = {id: pending[id].dump() for id in requests}
        act = ExternalAct(ActId(id or new_id()), person.id, der[0], der[1:], now, dumped)
        return (await self.acts.insert(act.id, act)).value

    async def act(self, person: Person, id: str) -> ExternalAct:
        """Raises `NotFound` for one that is not the person's own."""
        act = (await self.acts.get(id)).value
        if act.person != person.id:
            raise NotFound("act", id)
        return act

    async def complete(self, person: Person, act: str, values: Mapping[str, str]) -> list[Told]:
        """Takes the values: outcomes in their order. Raises `NotFound`; a wrong value is that document's outcome."""
        kept = await self.act(person, act)
        if not values.keys() <= kept.pending.keys():
            raise NotFound("act", act)
        leaf, *chain = (x509.load_der_x509_certificate(one) for one in (kept.certificate, *kept.chain))
        makers = await self._makers(person, leaf, chain)
        return [await self._complete(person, makers, kept, RequestId(id), value) for id, value in values.items()]

    async def _complete(self, person: Person, makers: Makers, act: ExternalAct, id: RequestId, value: str) -> Told:
        pieces, settled = await self._pieces(person, [id])
        if not pieces:
            return settled[id]
        pending, piece = Pending.load(act.pending[id]), pieces[0]
        pdf = await self.blobs.get(str(piece.version.file))
        if pending.revision.base != piece.version.file:
            return self._failed(person, id, "changed_meanwhile")
        outcome = await asyncio.to_thread(makers.finish, piece.level, pdf, pending, _values(value))
        return await self._keep(person, piece, outcome) or await self._became(person, id)

    # Inside ------------------------------------------------------------------------------------------------------

    async def _pieces(self, person: Person, requests: Sequence[RequestId]) -> tuple[list[Piece], dict[str, Told]]:
        """Those that wait for this person; and of the others, what became of them."""
        pieces: list[Piece] = []
        settled: dict[str, Told] = {}
        for id, piece in zip(
            requests, await asyncio.gather(*(self._piece(person, id) for id in requests)), strict=True
        ):
            if piece.request in piece.signing.waiting and piece.version.file:
                pieces.append(piece)
            else:
                settled[id] = self._settled(person, piece)
        return pieces, settled

    async def _piece(self, person: Person, id: RequestId) -> Piece:
        """The signing is read before the version: while it stands, so does the version's file."""
        found = await self.signings.signings.find(request=id, limit=1)
        for read in found.items:
            kept = await self.signings.settled(read)
            for number, request in enumerate(kept.value.requests, 1):
                if request.id == id and request.signer == person.id:
                    level = next(step.level for step in kept.value.steps if request in step.requests)
                    version = (await self.signings.versions.get(kept.value.version)).value
                    return Piece(request, number, kept, version, level)
        raise NotFound("request", id)

    async def _became(self, person: Person, id: RequestId) -> Told:
        """What became of a request while its signature was being made: settled, or the version changed."""
        _, settled = await self._pieces(person, [id])
        return settled.get(id) or self._failed(person, id, "changed_meanwhile")

    def _settled(self, person: Person, piece: Piece) -> Told:
        if piece.request.signed is not None:
            return {"request": piece.request.id, "result": "skipped", "version": piece.version.id}
        result = "refused" if piece.signing.state is State.REFUSED else "skipped"
        return self._failed(person, piece.request.id, "not_waiting") | {"result": result}

    async def _left(self, person: Person, id: RequestId) -> Told:
        """After an interruption: signed before it, or still waiting."""
        piece = await self._piece(person, id)
        if piece.request.signed is None:
            return self._failed(person, id, "act_interrupted")
        return {"request": id, "result": "signed", "version": piece.version.id}

    def _failed(self, person: Person, request: str, code: str) -> Told:
        _, _, detail = words(Problem(code), person.locale)
        return {"request": request, "result": "failed", "code": code, "detail": detail}


@dataclass(slots=True)
class Keeping:
    """Documents of an act on their way to storage, a bounded number at once. `again` are those to be signed anew."""

    tell: Callable[[Told], None]
    again: list[RequestId] = field(default_factory=list)
    tasks: asyncio.TaskGroup = field(default_factory=asyncio.TaskGroup)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(KEPT_AT_ONCE))

    async def begin(self, id: RequestId, keep: Coroutine[Any, Any, Told | None]) -> None:
        """Waits for a free place."""
        await self._slots.acquire()
        self.tasks.create_task(self._run(id, keep))

    async def _run(self, id: RequestId, keep: Coroutine[Any, Any, Told | None]) -> None:
        try:
            outcome = await keep
        finally:
            self._slots.release()
        if outcome is None:
            self.again.append(id)
        else:
            self.tell(outcome)


@dataclass(frozen=True, slots=True)
class Makers:
    """One way of signing for each level; the CPU work of an act, away from the loop."""

    acts: Mapping[Level, Act]
    key: ports.Credentials | None

    def seal(self, orders: Sequence[tuple[Level, Order]]) -> dict[str, Outcome]:
        outcomes: dict[str, Outcome] = {}
        for level, act in self.acts.items():
            mine = [order for wanted, order in orders if wanted is level]
            if mine and self.key:
                outcomes |= {outcome.id: outcome for outcome in seal_all(act, self.key, mine)}
        return outcomes

    def prepare(self, orders: Sequence[tuple[Level, Order]]) -> dict[str, Pending]:
        """Raises `Problem` with the first refusal: an act elsewhere begins whole or not at all."""
        pending: dict[str, Pending] = {}
        for level, act in self.acts.items():
            ready, refused = prepare_all(act, [order for wanted, order in orders if wanted is level])
            if refused:
                raise Problem(refused[0].code)
            pending |= {one.id: one for one in ready}
        return pending

    def finish(self, level: Level, pdf: bytes, pending: Pending, values: Sequence[bytes]) -> Outcome:
        """With the first of the readings of a value that is right."""
        outcome: Outcome = Failed(pending.id, "wrong_signature", "")
        for value in values:
            outcome = next(iter(finish_all(self.acts[level], [(pdf, pending, value)])))
            if isinstance(outcome, Sealed):
                break
        return outcome


def _certificates(text: str) -> tuple[x509.Certificate, list[x509.Certificate]]:
    """PEM, the signer's first, or the base 64 of one DER. Raises `Invalid`."""
    try:
        if "-----BEGIN" in text:
            first, *rest = (require_readable(one) for one in load_pem(text.encode()))
            return first, rest
        return read_certificate(base64.b64decode(text, validate=True)), []
    except (ValueError, BadCredential) as broken:
        raise Invalid("credential.certificate", "unreadable") from broken


def _values(text: str) -> list[bytes]:
    """Base 64, or hexadecimal: what reads as both is tried as both."""
    readings: list[bytes] = []
    with contextlib.suppress(ValueError):
        readings.append(base64.b64decode(text, validate=True))
    with contextlib.suppress(ValueError):
        readings.append(bytes.fromhex(text))
    return readings
