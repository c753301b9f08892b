"""`paraph verify`: proves that nothing kept was altered, cut off or lost; with `--package` the same of a package.

A package needs no database: whoever received it verifies its files, its audit extract and, with the roots of the
office's time-stamps, the moment it was sealed.
"""

from __future__ import annotations

import argparse
import base64
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from review.errors import NotFound, PackageFault
from review.handover import Handover
from server.app import Storage, now, open_storage
from server.cli.command import STORAGE_OPTIONS, Command, add_settings, settings_of
from server.cli.running import Result, add_json, existing, running
from server.services.trust import FOLDER, Trust
from server.settings import Settings
from signing.errors import SigningError
from signing.timestamps import read_token, sha256
from signing.trust import Anchors, load_pem
from storage.audit import Head, check_extract
from storage.drafts import past_of, verify_drafts
from storage.engine import Flaw
from storage.opening import Access
from storage.packages.check import Inside, inspect
from storage.verification import CheckToken
from storage.verification import verify as verify_storage

EXTRACT = "audit-extract.json"


async def verify(chosen: argparse.Namespace) -> Result:
    if chosen.package is not None:
        return of_package(chosen.package.read_bytes(), token_check(chosen.trust))
    settings = existing(settings_of(chosen))
    async with open_storage(settings, Access.BESIDE) as storage:
        check = token_check(chosen.trust) or await _own_check(storage, settings)
        report = await verify_storage(storage.engine, storage.repositories, check)
        drafts, spoilt = await verify_drafts(storage.engine, past_of(storage.engine, storage.repositories["compacted"]))
        handovers, flaws = await _handovers(storage)
    counted = {
        "facts": report.facts,
        "sealedHeads": report.heads,
        "drafts": drafts,
        "versions": report.versions,
        "handovers": handovers,
    }
    return _result(counted, [*report.flaws, *spoilt, *flaws])


async def _own_check(storage: Storage, settings: Settings) -> CheckToken | None:
    """By the roots that the office itself trusts; none where nothing was ever signed or stamped."""
    if not await storage.stores.pki.all():
        return None
    trust = Trust(storage.stores.pki, settings.data / FOLDER, settings.office, now)
    return checking(await trust.anchors())


async def _handovers(storage: Storage) -> tuple[int, list[Flaw]]:
    """What was offered to the registry must be there for ever."""
    flaws: list[Flaw] = []
    kept = await storage.stores.handovers.all()
    for one in kept:
        for sha in _blobs(one.value):
            try:
                await storage.blobs.size(sha)
            except NotFound:
                flaws.append(Flaw(f"hand-over {one.id}", f"blob {sha} is missing"))
    return len(kept), flaws


def _blobs(of: Handover) -> Iterable[str]:
    return dict.fromkeys(file.sha256 for file in (*of.packages.values(), *of.files, *of.earlier))


def of_package(data: bytes, check_token: CheckToken | None) -> Result:
    """The verdict on a package's bytes alone."""
    try:
        inside = inspect(data)
    except PackageFault as fault:
        return _result({"files": 0, "facts": 0}, [Flaw(fault.path or "the package", fault.why)])
    raw = inside.proof(EXTRACT)
    if raw is None:
        return _result({"files": len(inside.files), "facts": 0}, [Flaw(EXTRACT, "it is missing")])
    extract = json.loads(raw)
    flaws = [*check_extract(extract), *_token(extract, check_token), *_stated(inside, extract)]
    return _result({"files": len(inside.files), "facts": len(extract["entries"])}, flaws)


def _token(extract: dict[str, Any], check: CheckToken | None) -> list[Flaw]:
    head = msgspec.convert(extract["head"], Head)
    if head.token is None:
        return [Flaw("the audit extract", "its head is not time-stamped")] if check else []
    why = check(head.stamped, base64.b64decode(head.token)) if check else None
    return [Flaw(f"sealed head of {head.size} facts", why)] if why else []


def _stated(inside: Inside, extract: dict[str, Any]) -> list[Flaw]:
    """The document's bytes are among those that the facts of its trail name."""
    rows = [json.loads(entry["row"])["data"] for entry in extract["entries"]]
    named = {row["fileHash"] for row in rows if "fileHash" in row}
    path = "representations/rep1/data/document.pdf" if inside.format == "eark-sip" else "data/document.pdf"
    if not named or sha256(inside.files[path]).hex() in named:
        return []
    return [Flaw(path, "no fact names these bytes")]


def token_check(trust: Path | None) -> CheckToken | None:
    """None without roots: then tokens are not judged."""
    if trust is None:
        return None
    return checking(Anchors(tuple(load_pem(trust.read_bytes()))))


def checking(anchors: Anchors) -> CheckToken:
    """Judges tokens by these roots."""

    def check(stamped: bytes, token: bytes) -> str | None:
        try:
            found = read_token(token, sha256(stamped), anchors)
        except SigningError as refused:
            return str(refused)
        return None if found.trusted else f"its time-stamp by {found.by} leads to no root that is trusted here"

    return check


def _result(counted: dict[str, int], flaws: list[Flaw]) -> Result:
    told = {**counted, "flaws": [{"place": flaw.place, "why": flaw.why} for flaw in flaws]}
    words = ", ".join(f"{count} {name}" for name, count in counted.items())
    lines = [f"{flaw.place}: {flaw.why}" for flaw in flaws]
    verdict = f"{len(flaws)} flaws found" if flaws else "unaltered and complete"
    return Result(told, [*lines, f"{words}: {verdict}"], not flaws)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--package", type=Path, metavar="FILE", help="a package for the registry instead of a database")
    parser.add_argument("--trust", type=Path, metavar="PEM", help="roots that the office's time-stamps must lead to")
    add_settings(parser, *STORAGE_OPTIONS)
    add_json(parser)


COMMAND = Command("verify", "Prove that nothing was altered, cut off or lost", arguments, running(verify))
