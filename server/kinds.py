"""The kinds of records that are kept, and by what each is found. One line a kind."""

from __future__ import annotations

from review.document import Document, Version
from review.people import Department, Person
from review.thread import Thread
from server.api.idempotency import Answered
from server.identity.sessions import Session, Ticket, Token
from server.jobs import Job
from server.services.drafts import Summary
from storage.records import Kind

PEOPLE = Kind("people", Person, unique={"login": "login"})
DEPARTMENTS = Kind("departments", Department, unique={"code": "code"})
SESSIONS = Kind("sessions", Session, indexes={"person": "person"})
TOKENS = Kind("tokens", Token, indexes={"person": "person"}, unique={"secret": "secret"})
TICKETS = Kind("tickets", Ticket)
DOCUMENTS = Kind("documents", Document, indexes={"department": "department"})
VERSIONS = Kind("versions", Version, indexes={"document": "document"})
THREADS = Kind("threads", Thread, indexes={"document": "document"})
JOBS = Kind("jobs", Job, indexes={"open": "open"})
ANSWERED = Kind("answered", Answered)
SUMMARIES = Kind("summaries", Summary)
