"""The one route table: every address of the HTTP face, by module."""

from __future__ import annotations

from server.api import (
    audit,
    clients,
    comments,
    credentials,
    documents,
    drafts,
    handovers,
    health,
    jobs,
    news,
    people,
    public,
    reference,
    registry,
    rounds,
    sessions,
    settlements,
    signing,
    sync,
    tasks,
    threads,
    verifications,
    versions,
)
from server.api.route import Route
from server.pages import status, verify

ROUTES: tuple[Route, ...] = (
    *sessions.ROUTES,
    *people.ROUTES,
    *documents.ROUTES,
    *drafts.ROUTES,
    *threads.ROUTES,
    *sync.ROUTES,
    *versions.ROUTES,
    *rounds.ROUTES,
    *comments.ROUTES,
    *settlements.ROUTES,
    *signing.ROUTES,
    *credentials.ROUTES,
    *verifications.ROUTES,
    *tasks.ROUTES,
    *news.ROUTES,
    *jobs.ROUTES,
    *health.ROUTES,
    *reference.ROUTES,
    *audit.ROUTES,
    *clients.ROUTES,
    *handovers.ROUTES,
    *public.ROUTES,
    *registry.ROUTES,
    *status.ROUTES,
    *verify.ROUTES,
)
