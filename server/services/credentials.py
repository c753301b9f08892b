"""What a person signs with. A key store is kept as it came, locked by its PIN, which is never kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from review.errors import NotFound
from review.facts import Fact
from review.ids import CredentialId, PersonId, new_id
from review.people import Person
from review.ports import Blobs, Clock, Kept, Repository
from server.identity.throttle import PIN, Throttle
from server.intake.limited import Intake, Limits, Refused
from server.problems import Problem
from server.services.trust import Trust
from signing.credentials import Opened, open_pkcs12
from signing.errors import CredentialRefused, WrongPin

LARGEST = 256 * 1024
OPENING = Limits(cpu=5, wall=15, memory=2**30)
PKCS12 = "pkcs12"


@dataclass(frozen=True, slots=True)
class Credential:
    """`store` is the SHA-256 of the blob with the PKCS#12 file."""

    id: CredentialId
    person: PersonId
    kind: str
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    store: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Credentials:
    credentials: Repository[Credential]
    blobs: Blobs
    intake: Intake
    trust: Trust
    clock: Clock
    throttle: Throttle

    async def of(self, person: Person) -> list[Kept[Credential]]:
        """Their own, the longest valid first."""
        found = await self.credentials.all(person=person.id)
        return sorted(found, key=lambda kept: (kept.value.not_after, kept.id), reverse=True)

    async def add(self, person: Person, store: bytes, pin: str, id: str | None = None) -> Kept[Credential]:
        """Opened once, in the limited child, to see whose it is. Raises `Problem` with the refusal's code."""
        arguments = await self.trust.arguments() | {"pin": pin}
        try:
            told = await self.intake.run("server.intake.tasks:describe_key_store", [store], arguments, OPENING)
        except Refused as refused:
            raise Problem(_code(refused)) from refused
        now = self.clock()
        credential = Credential(
            CredentialId(id or new_id()),
            person.id,
            PKCS12,
            told["subject"],
            told["issuer"],
            datetime.fromisoformat(told["notBefore"]),
            datetime.fromisoformat(told["notAfter"]),
            await self.blobs.put(store),
            now,
        )
        fact = Fact("credential.added", now, person.id, data={"credential": credential.id}, only=(person.id,))
        return await self.credentials.insert(credential.id, credential, [fact])

    async def get(self, person: Person, id: str) -> Kept[Credential]:
        """Raises `NotFound` for one that is not the person's own."""
        kept = await self.credentials.get(id)
        if kept.value.person != person.id:
            raise NotFound("credential", id)
        return kept

    async def remove(self, person: Person, kept: Kept[Credential]) -> None:
        fact = Fact("credential.removed", self.clock(), person.id, data={"credential": kept.id}, only=(person.id,))
        await self.credentials.delete(kept, [fact])

    async def open(self, person: Person, id: str, pin: str) -> Opened:
        """The key for one act. Raises `NotFound`, `CredentialRefused`, `slow_down` for who guesses the PIN."""
        kept = await self.get(person, id)
        store, anchors = await self.blobs.get(kept.value.store), await self.trust.anchors()
        guess = (PIN, kept.id)
        self.throttle.guess(guess)
        try:
            opened = await asyncio.to_thread(open_pkcs12, store, pin, anchors, self.clock())
        except CredentialRefused as refused:
            if not isinstance(refused, WrongPin):
                self.throttle.right(guess)
            raise
        self.throttle.forget(guess)
        return opened


def _code(refused: Refused) -> str:
    """A store that takes the child too long is no store."""
    return "bad_credential" if refused.code in ("too_demanding", "unreadable_pdf") else refused.code
