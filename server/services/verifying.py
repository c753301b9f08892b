"""Any copy of a document brought here, judged: by itself, and against what this office keeps of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from review.calendar import OFFICE, office_day
from review.document import Version
from review.errors import NotFound
from review.ids import PersonId, new_id
from review.people import Person
from review.permissions import Case, Right, may
from review.ports import Blobs, Clock, Kept, Repository
from server.intake.limited import Intake, Limits, Refused
from server.problems import Problem
from server.services.documents import Documents
from server.services.printing import printed
from server.services.trust import Trust
from signing import reports
from signing.layout import Block
from signing.typeset import Language, Masthead

LARGEST: Final = 100 * 2**20
LIMITS: Final = Limits(cpu=30, wall=60, memory=3 * 2**30)
MARK: Final = "paraph:version:"


@dataclass(frozen=True, slots=True)
class Verified:
    """One verification as it was told. `told` is the answer's JSON without its links."""

    id: str
    person: PersonId
    at: datetime
    name: str
    sha256: str
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verifying:
    versions: Repository[Version]
    documents: Documents
    verified: Repository[Verified]
    blobs: Blobs
    intake: Intake
    trust: Trust
    clock: Clock
    office: str

    async def verify(self, person: Person, name: str, data: bytes, id: str | None = None) -> Verified:
        """Raises `Problem`: `not_pdf`, `encrypted`, `truncated`, `unreadable_pdf`, `too_demanding`."""
        identified = await self._run("identify_pdf", [data], {})
        version = await self._known(person, identified)
        told = await self._judge(data, version)
        if version is not None:
            told["known"] = _known_shape(version)
        made = Verified(id or new_id(), person.id, self.clock(), name[:200], identified["sha256"], told)
        await self.verified.insert(made.id, made)
        return made

    async def get(self, person: Person, id: str) -> Kept[Verified]:
        kept = await self.verified.get(id)
        if kept.value.person != person.id:
            raise NotFound("verification", id)
        return kept

    async def report(self, verified: Verified, language: Language) -> bytes:
        """The protocol as PDF/A."""
        text = TEXTS[language]
        masthead = Masthead(
            text["title"], self.office, text["kind"], office_day(verified.at), language=language, identity=""
        )
        return await asyncio.to_thread(printed, masthead, _protocol(verified, text))

    async def _judge(self, data: bytes, version: Version | None) -> dict[str, Any]:
        arguments: dict[str, Any] = dict(await self.trust.arguments())
        arguments["states"] = await self._states(version) if version else None
        original = await self.blobs.get(version.file) if version and version.file else b""
        told: dict[str, Any] = await self._run("verify_pdf", [data, original], arguments)
        return told

    async def _states(self, version: Version) -> dict[str, int]:
        """Every file that the version ever had, with its number of signatures: each added one."""
        files = [*version.earlier_files, *([version.file] if version.file else [])]
        first = len(version.signatures) - len(files) + 1
        return {file: first + at for at, file in enumerate(files)}

    async def _known(self, person: Person, identified: Mapping[str, Any]) -> Version | None:
        """The version that the copy is of, when the person may know it: comparing tells what it says."""
        for sha256 in (identified["sha256"], *identified["states"]):
            for index in ("file", "earlier"):
                found = await self.versions.find(limit=1, **{index: sha256})
                if found.items:
                    return await self._if_readable(person, found.items[0].value)
        for mark in identified["marks"]:
            if mark.startswith(MARK):
                try:
                    version = (await self.versions.get(mark.removeprefix(MARK))).value
                except NotFound:
                    continue
                return await self._if_readable(person, version)
        return None

    async def _if_readable(self, person: Person, version: Version) -> Version | None:
        document = (await self.documents.documents.get(version.document)).value
        readable = may(Right.READ, Case(person, document))
        return version if version.file and (readable or version.published) else None

    async def _run(self, task: str, files: Sequence[bytes], arguments: Mapping[str, Any]) -> Any:
        try:
            return await self.intake.run(f"server.intake.tasks:{task}", files, arguments, LIMITS)
        except Refused as refused:
            raise Problem(refused.code) from refused


def _known_shape(version: Version) -> dict[str, Any]:
    known = {"document": version.document, "version": version.id, "current": version.superseded_by is None}
    return known | ({"supersededBy": version.superseded_by} if version.superseded_by else {})


TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {
    "cs": {
        "title": "Protokol o ověření dokumentu", "kind": "Protokol", "file": "Soubor", "hash": "SHA-256",
        "at": "Ověřeno", "verdict": "Výsledek", "signatures": "Podpisy", "changes": "Co se změnilo",
        "by": "Podepsal", "when": "Kdy", "level": "Úroveň", "indication": "Posouzení", "kind_of": "Druh",
        "page": "Strana", "before": "Bylo", "after": "Je", "none": "Žádné.", "known": "Verze v úřadu",
        "current": "platné znění", "superseded": "nahrazené znění",
        "valid": "Podpis platí.", "valid_later_signature": "Podpis platí; později přibyl další.",
        "modified": "Dokument byl po podpisu změněn.", "broken": "Podpis je porušený.",
        "stripped": "Z dokumentu byly odstraněny podpisy.", "rejected": "Podpisu nelze důvěřovat.",
        "unsigned": "Dokument není podepsán.",
    },
    "en": {
        "title": "Protocol of a verification", "kind": "Protocol", "file": "File", "hash": "SHA-256",
        "at": "Verified", "verdict": "Result", "signatures": "Signatures", "changes": "What was changed",
        "by": "Signed by", "when": "When", "level": "Level", "indication": "Indication", "kind_of": "Kind",
        "page": "Page", "before": "Was", "after": "Is", "none": "None.", "known": "Version in the office",
        "current": "in force", "superseded": "superseded",
        "valid": "The signature is valid.", "valid_later_signature": "The signature is valid; another came later.",
        "modified": "The document was changed after signing.", "broken": "The signature is broken.",
        "stripped": "Signatures were taken out of the document.", "rejected": "The signature cannot be trusted.",
        "unsigned": "The document is not signed.",
    },
}  # fmt: skip


def _protocol(verified: Verified, text: Mapping[str, str]) -> list[Block]:
    told = verified.told
    rows = [
        (text["verdict"], text[told["verdict"]]),
        (text["file"], verified.name),
        (text["hash"], verified.sha256),
        (text["at"], verified.at.astimezone(OFFICE).strftime("%-d. %-m. %Y %H:%M:%S")),
    ]
    if "known" in told:
        state = text["current"] if told["known"]["current"] else text["superseded"]
        rows.append((text["known"], f"{told['known']['version']} ({state})"))
    return [
        reports.facts(rows),
        reports.heading(text["signatures"]),
        _signatures(told["signatures"], text),
        reports.heading(text["changes"]),
        _changes(told["changes"], text),
    ]


def _signatures(found: Sequence[Mapping[str, Any]], text: Mapping[str, str]) -> Block:
    if not found:
        return reports.paragraph(text["none"])
    rows = [[one["by"], str(one["at"] or "–"), one["level"], one["indication"]] for one in found]
    return reports.table([text["by"], text["when"], text["level"], text["indication"]], rows, [3, 3, 1, 2])


def _changes(found: Sequence[Mapping[str, Any]], text: Mapping[str, str]) -> Block:
    if not found:
        return reports.paragraph(text["none"])
    rows = [
        [one["kind"], str(one.get("page", "–")), one.get("before", "–")[:500], one.get("after", "–")[:500]]
        for one in found
    ]
    return reports.table([text["kind_of"], text["page"], text["before"], text["after"]], rows, [2, 1, 5, 5])
