"""A change after signing: never an edit of the signed version, always a draft of the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from collab.document.aside import in_thread
from review.content import content_hash, without_comments
from review.document import Document, State, Version, VersionKind
from review.errors import Invalid, NotNow
from review.facts import Fact
from review.people import Person
from review.permissions import Case, Right, require
from review.ports import Clock, Kept
from server.problems import Problem
from server.services.changing import changed
from server.services.versions import Versions

CHANGEABLE = (State.SIGNED, State.HANDED_OVER)
MAX_REASON = 2000


@dataclass(frozen=True, slots=True)
class Successors:
    versions: Versions
    clock: Clock

    async def begin(self, person: Person, version: str, reason: str) -> Kept[Document]:
        """The document with a draft that says exactly what the version says. The version stays as it is.

        Raises `Forbidden`, `Invalid` without a reason, `version_not_current`, `NotNow` when a change runs already.
        """
        kept, document = await self.versions.open(person, version)
        require(Right.CHANGE, Case(person, document.value))
        if not reason.strip() or len(reason) > MAX_REASON:
            raise Invalid("reason", "required")
        self._require_changeable(kept.value, document.value)
        await self._fork(kept.value, document.value, person)
        return await changed(
            self.versions.documents.documents,
            document.id,
            lambda now: self._begun(now, kept.value, person, reason.strip()),
        )

    def _require_changeable(self, version: Version, document: Document) -> None:
        if version.superseded_by is not None:
            raise Problem("version_not_current")
        if version.kind is not VersionKind.SIGNED or document.state not in CHANGEABLE:
            raise NotNow("change", document.state)

    async def _fork(self, version: Version, document: Document, person: Person) -> None:
        """Nobody writes in the draft of a signed document, so that this is the only edit. Asked again, none."""
        rooms = self.versions.rooms
        draft = await rooms.content(document.id)
        if await in_thread(lambda: content_hash(without_comments(draft))) == version.content:
            return
        content = await self.versions.content(version)
        await rooms.edit(document.id, person.id, lambda draft: draft.become(content))

    def _begun(
        self, document: Document, version: Version, person: Person, reason: str
    ) -> tuple[Document, Sequence[Fact]]:
        self._require_changeable(version, document)
        now, number = self.clock(), document.draft_of + 1
        begun = replace(
            document, state=State.DRAFT, draft_of=number, forked_from=version.id, change_reason=reason, updated=now
        )
        data = {"state": begun.state.value, "version": version.id, "draft": number}
        return begun, (
            Fact("version.change_begun", now, person.id, document.id, {"version": version.id, "draft": number}),
            Fact("document.state", now, person.id, document.id, data),
        )
