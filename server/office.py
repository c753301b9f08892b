"""The office at work: what handlers and sockets find, put together once by `server/app.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from collab.drafts.rooms import Rooms
from review.facts import Recorded
from review.ports import Blobs, Clock, FactLog
from server.api.idempotency import Answers
from server.identity.clients import Clients
from server.identity.sessions import SignIn
from server.intake.limited import Intake
from server.jobs import Jobs
from server.nodes.post import Silence
from server.registry import Registry
from server.reviewing import Reviewing
from server.services.directory import Directory
from server.services.documents import Documents
from server.services.drafts import Drafts
from server.services.imports import Imports
from server.services.threads import Threads
from server.settings import Settings
from server.signatures import Signatures
from server.stores import Stores


@dataclass(frozen=True, slots=True)
class Office:
    """Handlers use the services; `stores` are for what needs no deciding.

    `hear` asks to be told of every fact, in order, after it is durable. `node` is this process among several: `post`
    takes what the others are to know, `channel` is where they meet, `ring_facts` says that they appended facts.
    """

    settings: Settings
    clock: Clock
    stores: Stores
    blobs: Blobs
    facts: FactLog
    rooms: Rooms
    jobs: Jobs
    answers: Answers
    sign_in: SignIn
    directory: Directory
    documents: Documents
    threads: Threads
    drafts: Drafts
    imports: Imports
    intake: Intake
    reviewing: Reviewing
    registry: Registry
    signatures: Signatures
    storage_health: Callable[[], Awaitable[None]]
    openapi: Mapping[str, Any]
    hear: Callable[[Callable[[Recorded], None]], None]
    node: str
    post: Silence
    channel: str
    ring_facts: Callable[[], None]

    @property
    def clients(self) -> Clients:
        return self.registry.clients
