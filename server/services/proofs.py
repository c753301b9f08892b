"""What a package proves beside the document itself: how comments were settled, what the signatures are worth, and
that the trail of facts is whole."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from review.dataset import File, proof_file
from review.document import Document, Version
from review.errors import PackageFault
from review.ids import DocumentId
from review.ports import Clock
from review.round import Round, State
from server.services.rounds import Rounds
from server.services.settlement_reports import SettlementReports
from server.services.trust import Trust
from signing.errors import FileRefused
from signing.verification import Known, Verdict, Verification, verify

REPORTED = (State.CLOSED, State.SETTLING, State.SETTLED)
STAMPINGS = 10
SOUND = (Verdict.VALID, Verdict.VALID_LATER_SIGNATURE)


class Trail(Protocol):
    """The log of facts as its keeper offers it to others."""

    async def seal(self) -> object:
        """Has the head of the log time-stamped."""
        ...

    async def extract(self, document: DocumentId) -> Mapping[str, Any]:
        """The facts of one document with the proofs that they are in the log."""
        ...


@dataclass(frozen=True, slots=True)
class Proofs:
    rounds: Rounds
    reports: SettlementReports
    trust: Trust
    trail: Trail
    clock: Clock

    async def of(self, document: Document, version: Version, pdf: bytes) -> Sequence[File]:
        """Every proof there is. Raises `PackageFault` for a document whose own signatures do not hold."""
        return [
            *await self._settlements(document, version),
            await self._validation(version, pdf),
            await self._trail(document),
        ]

    async def _settlements(self, document: Document, version: Version) -> list[File]:
        rounds = [kept.value for kept in await self.rounds.of_document(document)]
        before = [one for one in rounds if one.state in REPORTED and one.created <= version.created]
        return [file for one in before for file in await self._settlement(document, one)]

    async def _settlement(self, document: Document, round: Round) -> list[File]:
        told = await self.reports.data(document, round)
        name = f"settlement-report-{round.number}"
        return [
            proof_file(f"{name}.pdf", await self.reports.pdf(told, "cs")),
            proof_file(f"{name}.json", _json(self.reports.json(told))),
        ]

    async def _validation(self, version: Version, pdf: bytes) -> File:
        anchors, now = await self.trust.anchors(), self.clock()
        issued = Known({hashlib.sha256(pdf).hexdigest(): len(version.signatures)}, pdf)
        try:
            found = await asyncio.to_thread(verify, pdf, anchors, now, issued)
        except FileRefused as refused:
            raise PackageFault("document.pdf", refused.code) from refused
        if found.verdict not in SOUND:
            raise PackageFault("document.pdf", f"its signatures do not hold: {found.verdict}")
        told = {"verified": now.isoformat(), "sha256": hashlib.sha256(pdf).hexdigest(), **_verdict(found)}
        return proof_file("validation-report.json", _json(told))

    async def _trail(self, document: Document) -> File:
        """The head is time-stamped first, so that the extract's proofs lead to a moment that others vouch for.

        What happens to the document in between is not covered by that head: then it is stamped once more.
        """
        for _ in range(STAMPINGS):
            await self.trail.seal()
            extract = await self.trail.extract(document.id)
            if extract["head"].get("token"):
                return proof_file("audit-extract.json", _json(extract))
        raise PackageFault("audit-extract.json", "the document does not stand still")


def _verdict(found: Verification) -> dict[str, Any]:
    """In the words of ETSI EN 319 102-1."""
    signatures = [
        {
            "field": one.field,
            "by": one.by,
            "at": one.at.isoformat() if one.at else None,
            "level": one.level,
            "covers": one.covers,
            "indication": one.indication.value,
            "trusted": one.trusted,
        }
        for one in found.signatures
    ]
    return {"verdict": found.verdict.value, "signatures": signatures}


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
