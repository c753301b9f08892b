"""What the office has for registries and citizens, put together: clients, hand-overs, the feed, status codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from review.calendar import OFFICE
from review.dataset import Office
from review.ports import Blobs, Clock, FactLog
from server import __version__
from server.identity.clients import Clients
from server.identity.secret_files import secret_of
from server.identity.throttle import Throttle
from server.jobs import Jobs
from server.services.handovers import JOB, Handovers
from server.services.offering import Offering
from server.services.packaging import Packaging, Packer, Proof
from server.services.proofs import Trail
from server.services.published import Published
from server.services.registry_feed import Bell, RegistryFeed
from server.services.sealing import Sealing
from server.services.status import Status
from server.settings import Settings
from server.stores import Stores

CODES_KEY = "status-codes.key"


@dataclass(frozen=True, slots=True)
class Outside:
    """What storage and the other parts of the office give to this one."""

    packer: Packer
    proofs: Sequence[Proof]
    trail: Trail


@dataclass(frozen=True, slots=True)
class Registry:
    clients: Clients
    handovers: Handovers
    packaging: Packaging
    feed: RegistryFeed
    offering: Offering
    status: Status
    published: Published
    bell: Bell
    trail: Trail
    sealing: Sealing


def build_registry(
    settings: Settings, stores: Stores, blobs: Blobs, facts: FactLog, jobs: Jobs, outside: Outside, clock: Clock
) -> Registry:
    """Registers the job that packages. The secret for citizens' codes is made in the data folder at the first start."""
    bell = Bell()
    handovers = Handovers(stores.handovers, stores.fetches, stores.documents, stores.versions, blobs, jobs, clock)
    packaging = _packaging(settings, stores, blobs, outside, clock)
    jobs.register(JOB, packaging.run)
    return Registry(
        clients=_clients(settings, stores, clock),
        handovers=handovers,
        packaging=packaging,
        feed=RegistryFeed(facts, bell),
        offering=Offering(handovers, stores.cursors, facts, bell),
        status=_status(settings, stores, clock),
        published=Published(stores.documents, stores.versions),
        bell=bell,
        trail=outside.trail,
        sealing=Sealing(outside.trail),
    )


def _clients(settings: Settings, stores: Stores, clock: Clock) -> Clients:
    throttle = Throttle(monotonic)
    audiences = (settings.url, f"{settings.url}/registry/v1", f"{settings.url}/registry/v1/token")
    return Clients(stores.clients, stores.access_tokens, stores.assertions, clock, throttle, audiences)


def _packaging(settings: Settings, stores: Stores, blobs: Blobs, outside: Outside, clock: Clock) -> Packaging:
    return Packaging(
        stores.handovers,
        stores.documents,
        stores.versions,
        stores.departments,
        stores.people,
        blobs,
        outside.packer,
        outside.proofs,
        Office(settings.office, settings.office_code),
        __version__,
        clock,
    )


def _status(settings: Settings, stores: Stores, clock: Clock) -> Status:
    return Status(
        stores.status_codes,
        stores.documents,
        stores.versions,
        stores.rounds,
        stores.handovers,
        stores.departments,
        Throttle(monotonic),
        secret_of(settings.data, CODES_KEY),
        OFFICE,
        clock,
    )
