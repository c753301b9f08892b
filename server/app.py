"""The composition root: opens storage, builds the services, wires routes and sockets."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic, time_ns
from typing import Any

from aiohttp import web

from collab.drafts.rooms import Rooms
from collab.drafts.shared_rooms import SharedRooms
from collab.history.presser import Presser
from collab.journal.archive import Compacted
from review.calendar import office_day, public_holidays
from review.comment import Comment
from review.document import Document, Version
from review.errors import Unavailable
from review.handover import Fetches, Handover
from review.ids import new_id
from review.people import Department, Person
from review.ports import Clock
from review.round import Round
from review.signoff import Signing
from review.thread import Thread
from server import __version__
from server.api.dispatch import MAX_JSON, OFFICE, handler_of, problems
from server.api.idempotency import Answers, KeptAnswer
from server.api.openapi import describe
from server.api.table import ROUTES
from server.background import at_work
from server.identity.clients import AccessToken, RegistryClient, UsedAssertion
from server.identity.mint import Mint
from server.identity.secret_files import secret_of
from server.identity.sessions import Session, SignIn, Ticket, Token
from server.identity.throttle import Throttle
from server.intake.limited import Intake
from server.jobs import Job, Jobs
from server.nodes.post import Post, Silence
from server.office import Office
from server.realtime.attendance import ATTENDANCE, Attendance
from server.realtime.doorway import DOORWAY, Doorway
from server.realtime.live import add_live
from server.realtime.neighbours import add_neighbours
from server.realtime.sync import add_sync
from server.registry import CODES_KEY, Outside, build_registry
from server.reviewing import build_reviewing
from server.services.credentials import Credential
from server.services.directory import Directory
from server.services.documents import Documents
from server.services.drafts import Drafts
from server.services.imports import KIND as IMPORT
from server.services.imports import Imports
from server.services.mending import teller
from server.services.offering import ReadUpTo
from server.services.pictures import Pictures, Showing
from server.services.proofs import Proofs
from server.services.signing_acts import ExternalAct
from server.services.status import StatusCode
from server.services.threads import Threads
from server.services.trust import Trust
from server.services.verifying import Verified
from server.settings import Settings
from server.signatures import build_signatures
from server.stores import Stores
from server.web_assets import add_pages, strict_headers
from signing.pki import DemoPki
from signing.timestamps import sha256
from storage.audit import Audit
from storage.blobs import BlobStore
from storage.engine import Engine
from storage.errors import Unsuitable
from storage.factlog import Log
from storage.journals import Journals
from storage.kinds import OWN, Kind
from storage.marks import agreed, epoch, name_of, reindex_changed
from storage.opening import Access, open_engine
from storage.packages.formats import PackageBuilder
from storage.records import Records
from storage.shelves import Shelves

log = logging.getLogger("paraph")

DELIVERY_PAUSE = 30.0
ANSWERS_KEY = "answers.key"
SIGN_IN_KEY = "sign-in.key"
FOLLOW_PAUSE = 1.0

# One line a kind of record: its dataclass, and the attributes it is found by. The names are those of `Stores`.
KINDS: dict[str, Kind[Any]] = {
    kind.name: kind
    for kind in (
        Kind("people", Person, unique={"login": "login"}),
        Kind("departments", Department, unique={"code": "code"}),
        Kind("sessions", Session, indexes={"person": "person"}),
        Kind("tokens", Token, indexes={"person": "person"}, unique={"secret": "secret"}),
        Kind("tickets", Ticket),
        Kind("documents", Document, indexes={"department": "department"}),
        Kind(
            "versions",
            Version,
            indexes={"document": "document", "file": "file", "earlier": "earlier_files"},
            unique={"verify_code": "verify_code"},
        ),
        Kind("compacted", Compacted),
        Kind("showings", Showing, indexes={"picture": "picture"}),
        Kind("threads", Thread, indexes={"document": "document"}),
        Kind("rounds", Round, indexes={"document": "document", "state": "state"}),
        Kind("comments", Comment, indexes={"round": "round"}),
        Kind("jobs", Job, indexes={"open": "open"}),
        Kind("answers", KeptAnswer),
        Kind("clients", RegistryClient),
        Kind("access_tokens", AccessToken, indexes={"client": "client"}),
        Kind("assertions", UsedAssertion, indexes={"client": "client"}),
        Kind("handovers", Handover, indexes={"state": "state", "document": "document"}, unique={"version": "version"}),
        Kind("fetches", Fetches),
        Kind("cursors", ReadUpTo),
        Kind("pki", DemoPki),
        Kind("credentials", Credential, indexes={"person": "person"}),
        Kind(
            "signings",
            Signing,
            indexes={
                "document": "document",
                "state": "state",
                "signer": "steps.requests.signer",
                "request": "steps.requests.id",
            },
            together=(("signer", "state"),),
        ),
        Kind("acts", ExternalAct),
        Kind("verified", Verified),
        Kind("status_codes", StatusCode, indexes={"document": "document"}),
    )
}


def now() -> datetime:
    """UTC in whole milliseconds: what JSON and every database keep alike."""
    return datetime.fromtimestamp(time_ns() // 1_000_000 / 1000, UTC)


@dataclass(frozen=True, slots=True)
class Storage:
    """The engine and what stands on it."""

    engine: Engine
    facts: Log
    blobs: BlobStore
    repositories: dict[str, Records[Any]]
    epoch: int
    name: str

    @property
    def stores(self) -> Stores:
        return Stores(**self.repositories)

    async def check_health(self) -> None:
        """Raises `Unavailable` where nothing can be kept now."""
        health = await self.engine.health()
        if not health.writable:
            raise Unavailable(health.detail, health.trouble)

    async def deliver(self) -> None:
        """What a crash left in outboxes reaches the log."""
        for repository in self.repositories.values():
            await repository.deliver_pending()


@asynccontextmanager
async def open_storage(settings: Settings, access: Access = Access.ALONE) -> AsyncIterator[Storage]:
    """Raises `storage.errors.InUse` when another process has the database, `Unsuitable` for a foreign one."""
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = await open_engine(settings.database, access)
    try:
        await engine.setup([*OWN, *(kind.declared for kind in KINDS.values())])
        facts = Log(engine)
        repositories = {name: Records(engine, facts, kind) for name, kind in KINDS.items()}
        await reindex_changed(engine, repositories.values())
        storage = Storage(engine, facts, BlobStore(engine), repositories, await epoch(engine), await name_of(engine))
        await storage.deliver()
        yield storage
    finally:
        await engine.close()


@asynccontextmanager
async def open_office(settings: Settings, access: Access = Access.ALONE, clock: Clock = now) -> AsyncIterator[Office]:
    """Everything but the web: what the server and the commands work with."""
    async with open_storage(settings, access) as storage:
        office = build_office(settings, storage, clock)
        await _agree(settings, storage)
        works = {
            "outbox delivery": _deliver_forever(storage),
            "facts of other processes": storage.facts.follow(FOLLOW_PAUSE),
            "jobs of this process": office.jobs.renew_forever(),
        }
        try:
            async with at_work(works):
                yield office
        finally:
            await office.jobs.close()
            await office.rooms.close_all()
            await office.intake.close()


async def _agree(settings: Settings, storage: Storage) -> None:
    """Raises `Unsuitable` where this process has other keys than those it shares a database with."""
    for name in (CODES_KEY, ANSWERS_KEY, SIGN_IN_KEY) if settings.shared else ():
        if not await agreed(storage.engine, name, sha256(secret_of(settings.data, name)).hex()):
            raise Unsuitable(
                f"{settings.data / 'secrets' / name} is not the key of the processes that share this database: "
                "all of them need the same folder secrets"
            )


def build_office(settings: Settings, storage: Storage, clock: Clock = now) -> Office:
    stores = storage.stores
    node = new_id()
    post = Post(node) if settings.redis else Silence()
    rooms = _rooms(settings, storage, post, clock)
    intake = Intake()
    directory = Directory(stores.people, stores.departments, clock)
    jobs = Jobs(stores.jobs, clock, node, settings.shared)
    pictures = Pictures(stores.showings, stores.documents, rooms, storage.blobs)
    documents = Documents(stores.documents, stores.versions, stores.departments, stores.people, rooms, pictures, clock)
    drafts = Drafts(documents, rooms, storage.blobs, intake, storage.facts, clock, settings.office)
    threads = Threads(stores.threads, stores.people, documents, rooms, clock)
    imports = Imports(drafts, threads, directory, rooms, storage.blobs, intake, jobs, storage.facts, clock)
    jobs.register(IMPORT, imports.run)
    reviewing = build_reviewing(settings, stores, storage.blobs, rooms, documents, clock)
    signatures = build_signatures(settings, stores, storage.blobs, intake, jobs, documents, drafts, reviewing, clock)
    audit = _audit(storage, signatures.trust, clock)
    proofs = Proofs(reviewing.rounds, reviewing.reports, signatures.trust, audit, clock)
    outside = Outside(PackageBuilder(), (proofs.of,), audit)
    registry = build_registry(settings, stores, storage.blobs, storage.facts, jobs, outside, clock)
    storage.facts.subscribe(registry.bell.ring)
    return Office(
        settings=settings,
        clock=clock,
        stores=stores,
        blobs=storage.blobs,
        facts=storage.facts,
        rooms=rooms,
        jobs=jobs,
        answers=Answers(stores.answers, clock, secret_of(settings.data, ANSWERS_KEY)),
        sign_in=_sign_in(settings, stores, clock),
        directory=directory,
        documents=documents,
        threads=threads,
        drafts=drafts,
        imports=imports,
        intake=intake,
        hear=storage.facts.subscribe,
        reviewing=reviewing,
        registry=registry,
        signatures=signatures,
        storage_health=storage.check_health,
        openapi=describe(ROUTES, __version__),
        node=node,
        post=post,
        channel=f"paraph:{storage.name}",
        ring_facts=storage.facts.ring,
    )


def _sign_in(settings: Settings, stores: Stores, clock: Clock) -> SignIn:
    mint = Mint(secret_of(settings.data, SIGN_IN_KEY))
    return SignIn(stores.people, stores.sessions, stores.tokens, stores.tickets, clock, Throttle(monotonic), mint)


def _rooms(settings: Settings, storage: Storage, post: Silence, clock: Clock) -> Rooms:
    journals = Journals(storage.engine)
    shelf, presser = Shelves(storage.repositories["compacted"], storage.blobs), Presser()
    mended = teller(storage.facts, clock)
    if settings.shared:
        return SharedRooms(journals, clock, post, storage.epoch, shelf, presser, mended)
    return Rooms(journals, clock, storage.epoch, shelf, presser, mended)


def _audit(storage: Storage, trust: Trust, clock: Clock) -> Audit:
    """The log's heads are time-stamped by the authority that stamps signatures."""

    async def timestamp(head: bytes) -> bytes:
        stamper = await trust.time_stamper()
        return await asyncio.to_thread(stamper.stamp, sha256(head))

    return Audit(storage.engine, storage.facts, clock, timestamp)


async def _deliver_forever(storage: Storage) -> None:
    while True:
        await asyncio.sleep(DELIVERY_PAUSE)
        try:
            await storage.deliver()
        except Exception:
            log.exception("facts could not be delivered")


def build_app(office: Office) -> web.Application:
    app = web.Application(middlewares=[problems], client_max_size=MAX_JSON)
    app.on_response_prepare.append(strict_headers)
    app[OFFICE] = office
    app.cleanup_ctx.append(_at_work)
    for route in ROUTES:
        app.router.add_route(route.method, route.path, handler_of(route))
    app[ATTENDANCE] = Attendance(office.settings.sockets_per_person)
    app[DOORWAY] = Doorway(office, Throttle(monotonic))
    add_sync(app)
    add_neighbours(app, add_live(app))
    add_pages(app)
    return app


async def _at_work(app: web.Application) -> AsyncIterator[None]:
    """What the office does by itself while the server runs."""
    office = app[OFFICE]
    works = {
        "hand-over": office.registry.offering.run(),
        "sealing of the facts": office.registry.sealing.run(),
        "closing of rounds": office.reviewing.run(),
        "forgetting of keys": office.answers.run(),
        "jobs that nobody works on": office.jobs.take_over_forever(),
        "holidays of this year": _know_holidays(office.clock),
    }
    async with at_work(works):
        yield


async def _know_holidays(clock: Clock) -> None:
    """Before anybody counts a deadline: then everybody would wait until their rules are loaded."""
    await asyncio.to_thread(public_holidays, office_day(clock()).year)


@asynccontextmanager
async def open_app(settings: Settings) -> AsyncIterator[web.Application]:
    """The whole server, ready to listen; jobs that were interrupted go on."""
    async with open_office(settings) as office:
        await office.signatures.catch_up()
        await office.jobs.resume()
        yield build_app(office)
