"""`paraph doctor`: looks for what will hurt before it does; ends with 0 only when nothing is wrong."""

from __future__ import annotations

import argparse
import shutil
import stat
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from collab.errors import DamagedPart
from review import handover
from review.people import Role
from server.app import Storage, now, open_storage
from server.cli.command import STORAGE_OPTIONS, Command, add_settings, settings_of
from server.cli.running import Result, add_json, existing, running
from server.settings import Settings
from signing.trust import load_pem
from storage.audit import sealed_heads
from storage.drafts import documents, past_of
from storage.opening import Access

LOW_DISK, NO_DISK = 5 * 2**30, 500 * 2**20
STUCK, SOON = timedelta(hours=1), timedelta(days=30)
SHOWN = 5


class Level(StrEnum):
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and what to do when it is not good."""

    about: str
    level: Level
    words: str


Look = Callable[[Storage, Settings], Awaitable[Finding]]


async def database(storage: Storage, settings: Settings) -> Finding:
    health = await storage.engine.health()
    words = f"{health.engine} {health.version}"
    if not health.writable:
        return Finding("database", Level.BAD, f"{words} keeps nothing now: {health.detail}")
    return Finding("database", Level.GOOD, words)


async def disk(storage: Storage, settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.data).free
    words = f"{free / 2**30:.1f} GiB free"
    level = Level.BAD if free < NO_DISK else Level.WARNING if free < LOW_DISK else Level.GOOD
    return Finding("disk", level, words if level is Level.GOOD else f"{words}: make room before it is full")


async def secrets(storage: Storage, settings: Settings) -> Finding:
    open_to_all = [path.name for path in _secret_files(settings.data) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if open_to_all:
        return Finding("secrets", Level.BAD, f"others may read {', '.join(open_to_all)}: chmod 600")
    return Finding("secrets", Level.GOOD, "readable by their owner alone")


def _secret_files(data: Path) -> list[Path]:
    folder = data / "secrets"
    return [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []


async def people(storage: Storage, settings: Settings) -> Finding:
    active = [kept.value for kept in await storage.stores.people.all() if kept.value.active]
    if not active:
        return Finding("people", Level.WARNING, "nobody can sign in: paraph user add")
    if not any(Role.ADMINISTRATOR in person.roles for person in active):
        return Finding("people", Level.WARNING, "nobody is an administrator: paraph user add … --role administrator")
    return Finding("people", Level.GOOD, f"{len(active)} may sign in")


async def address(storage: Storage, settings: Settings) -> Finding:
    if settings.secure or "//localhost" in settings.url or "//127.0.0.1" in settings.url:
        return Finding("address", Level.GOOD, settings.url)
    return Finding("address", Level.BAD, f"{settings.url} is not https: passwords would travel in the open")


async def facts(storage: Storage, settings: Settings) -> Finding:
    """Cutting the tail of the log is seen only against a head that somebody else time-stamped."""
    size, heads = await storage.facts.head(), await sealed_heads(storage.engine)
    if size == 0:
        return Finding("facts", Level.GOOD, "none yet")
    if not heads or heads[-1].at is None:
        return Finding("facts", Level.WARNING, f"{size} facts, none of them time-stamped yet")
    since = size - heads[-1].size
    return Finding("facts", Level.GOOD, f"{size} facts, sealed at {heads[-1].at}, {since} since then")


async def drafts(storage: Storage, settings: Settings) -> Finding:
    """Whether every draft opens whole; `paraph verify` proves more and takes longer."""
    past = past_of(storage.engine, storage.repositories["compacted"])
    ended, repaired, names = list[str](), list[str](), await documents(storage.engine)
    for document in names:
        try:
            opening = await past.open(document)
        except DamagedPart as error:
            ended.append(f"{document}: {error.why}")
            continue
        ended += [f"{document}: {opening.damage}"] if opening.damage else []
        repaired += [f"{document}: {broken}" for broken in opening.repaired]
    if ended:
        return Finding("drafts", Level.BAD, f"restore from a backup: {'; '.join(ended[:SHOWN])}")
    if repaired:
        return Finding("drafts", Level.WARNING, f"whole, but look at the disk: {'; '.join(repaired[:SHOWN])}")
    return Finding("drafts", Level.GOOD, f"{len(names)}, all open whole")


async def handovers(storage: Storage, settings: Settings) -> Finding:
    kept = [one.value for one in await storage.stores.handovers.all()]
    failed = [one.id for one in kept if one.state in (handover.State.FAILED, handover.State.REJECTED)]
    stuck = [one.id for one in kept if one.state is handover.State.READY and now() - one.updated > STUCK]
    if failed or stuck:
        words = f"look after {', '.join([*failed, *stuck])} in the registry monitor"
        return Finding("hand-overs", Level.BAD if failed else Level.WARNING, words)
    return Finding("hand-overs", Level.GOOD, f"{len(kept)}, none failed or stuck")


async def keys(storage: Storage, settings: Settings) -> Finding:
    kept = [one.value for one in await storage.stores.credentials.all()]
    ended = [one.subject for one in kept if one.not_after <= now()]
    ending = [one.subject for one in kept if now() < one.not_after <= now() + SOON]
    if ended or ending:
        words = f"{len(ended)} certificates have expired, {len(ending)} do within {SOON.days} days"
        return Finding("keys", Level.WARNING, f"{words}: {', '.join([*ended, *ending][:SHOWN])}")
    return Finding("keys", Level.GOOD, f"{len(kept)} certificates, none about to expire")


async def stamping(storage: Storage, settings: Settings) -> Finding:
    """The built-in authority is for trying out: what it stamps and signs has no legal force."""
    kept = await storage.stores.pki.all()
    if not kept:
        return Finding("stamping", Level.GOOD, "nothing was signed or time-stamped yet")
    ends = load_pem(kept[0].value.stamping)[0].not_valid_after_utc
    level = Level.BAD if ends <= now() else Level.WARNING
    words = f"the demonstration's own authority, without legal force, until {ends.date().isoformat()}"
    return Finding("stamping", level, words)


LOOKS: tuple[Look, ...] = (database, disk, secrets, address, people, keys, stamping, facts, drafts, handovers)


async def doctor(chosen: argparse.Namespace) -> Result:
    settings = existing(settings_of(chosen))
    async with open_storage(settings, Access.BESIDE) as storage:
        findings = [await look(storage, settings) for look in LOOKS]
    told = {"findings": [{"about": f.about, "level": f.level.value, "words": f.words} for f in findings]}
    lines = [f"{finding.level.value:8}{finding.about:12}{finding.words}" for finding in findings]
    return Result(told, lines, all(finding.level is not Level.BAD for finding in findings))


def arguments(parser: argparse.ArgumentParser) -> None:
    add_settings(parser, *STORAGE_OPTIONS, "url")
    add_json(parser)


COMMAND = Command("doctor", "Look for what will hurt before it does", arguments, running(doctor))
