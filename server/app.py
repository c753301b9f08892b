"""The composition root: opens storage, builds the services, wires routes and sockets. The only importer of `storage`."""

from __future__ import annotations

from datetime import UTC, datetime

SIGN_IN_FAILURES, SIGN_IN_WINDOW = 10, 300.0


def now() -> datetime:
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
