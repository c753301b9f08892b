"""The one route table: every address of the HTTP face, by module."""

from __future__ import annotations

from server.api import documents, health, jobs, people, reference, sessions
from server.api.route import Route

ROUTES: tuple[Route, ...] = (
    *sessions.ROUTES,
    *people.ROUTES,
    *documents.ROUTES,
    *jobs.ROUTES,
    *health.ROUTES,
    *reference.ROUTES,
)
