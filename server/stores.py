"""Every repository the services work on, by name. `server/app.py` fills it from `storage`."""

from __future__ import annotations

from dataclasses import dataclass

from collab.journal.archive import Compacted
from review.comment import Comment
from review.document import Document, Version
from review.handover import Fetches, Handover
from review.people import Department, Person
from review.ports import Repository
from review.round import Round
from review.signoff import Signing
from review.thread import Thread
from server.api.idempotency import KeptAnswer
from server.identity.clients import AccessToken, RegistryClient, UsedAssertion
from server.identity.sessions import Session, Ticket, Token
from server.jobs import Job
from server.services.credentials import Credential
from server.services.offering import ReadUpTo
from server.services.pictures import Showing
from server.services.signing_acts import ExternalAct
from server.services.status import StatusCode
from server.services.verifying import Verified
from signing.pki import DemoPki


@dataclass(frozen=True, slots=True)
class Stores:
    people: Repository[Person]
    departments: Repository[Department]
    sessions: Repository[Session]
    tokens: Repository[Token]
    tickets: Repository[Ticket]
    documents: Repository[Document]
    versions: Repository[Version]
    showings: Repository[Showing]
    compacted: Repository[Compacted]
    threads: Repository[Thread]
    rounds: Repository[Round]
    comments: Repository[Comment]
    jobs: Repository[Job]
    answers: Repository[KeptAnswer]
    clients: Repository[RegistryClient]
    access_tokens: Repository[AccessToken]
    assertions: Repository[UsedAssertion]
    handovers: Repository[Handover]
    fetches: Repository[Fetches]
    cursors: Repository[ReadUpTo]
    status_codes: Repository[StatusCode]
    pki: Repository[DemoPki]
    credentials: Repository[Credential]
    signings: Repository[Signing]
    acts: Repository[ExternalAct]
    verified: Repository[Verified]
