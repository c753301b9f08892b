"""Every repository the services work on, by name. `server/app.py` fills it from `storage`."""

from __future__ import annotations

from dataclasses import dataclass

from review.document import Document, Version
from review.people import Department, Person
from review.ports import Repository
from review.thread import Thread
from server.api.idempotency import Answered
from server.identity.sessions import Session, Ticket, Token
from server.jobs import Job


@dataclass(frozen=True, slots=True)
class Stores:
    people: Repository[Person]
    departments: Repository[Department]
    sessions: Repository[Session]
    tokens: Repository[Token]
    tickets: Repository[Ticket]
    documents: Repository[Document]
    versions: Repository[Version]
    threads: Repository[Thread]
    jobs: Repository[Job]
    answered: Repository[Answered]
