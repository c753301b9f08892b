"""What the office has for signing, put together: trust, credentials, final versions, signings, acts, verification."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from review.people import Person
from review.ports import Blobs, Clock
from server.identity.throttle import Throttle
from server.intake.limited import Intake
from server.jobs import Jobs
from server.reviewing import Reviewing
from server.services import finalizing, signing_acts
from server.services.credentials import Credentials
from server.services.documents import Documents
from server.services.drafts import Drafts
from server.services.finalizing import Finalizing
from server.services.signing_acts import SigningActs
from server.services.signings import Signings
from server.services.successors import Successors
from server.services.tasks import Task, TaskKind
from server.services.trust import FOLDER, Trust
from server.services.verifying import Verifying
from server.settings import Settings
from server.stores import Stores

log = logging.getLogger("paraph.signing")


@dataclass(frozen=True, slots=True)
class Signatures:
    trust: Trust
    credentials: Credentials
    finalizing: Finalizing
    signings: Signings
    acts: SigningActs
    successors: Successors
    verifying: Verifying

    async def catch_up(self) -> None:
        """After a start: what a stop left undone is done, before the jobs go on."""
        await self.trust.pki()
        await self.signings.catch_up()

    async def tasks(self, person: Person) -> Sequence[Task]:
        """What waits for the person's signature, as tasks."""
        return [
            Task(
                TaskKind.SIGN,
                waiting.document.id,
                waiting.document.title,
                waiting.signing.created,
                waiting.signing.by,
                waiting.signing.due,
                version=waiting.version.id,
                request=waiting.request.id,
            )
            for waiting in await self.signings.desk(person)
        ]


def build_signatures(
    settings: Settings,
    stores: Stores,
    blobs: Blobs,
    intake: Intake,
    jobs: Jobs,
    documents: Documents,
    drafts: Drafts,
    reviewing: Reviewing,
    clock: Clock,
) -> Signatures:
    """Registers the jobs that typeset and sign, and the tasks of who is to sign."""
    trust = Trust(stores.pki, settings.data / FOLDER, settings.office, clock)
    credentials = Credentials(stores.credentials, blobs, intake, trust, clock, Throttle(monotonic))
    signings = Signings(stores.signings, stores.versions, documents, clock)
    final = Finalizing(
        documents, drafts, reviewing.rounds, stores.versions, stores.people, blobs, jobs, clock, settings.office,
        settings.url,
    )  # fmt: skip
    acts = SigningActs(signings, stores.acts, credentials, trust, blobs, stores.people, jobs, clock)
    verifying = Verifying(
        stores.versions, documents, stores.verified, blobs, intake, trust, clock, settings.office
    )  # fmt: skip
    jobs.register(finalizing.JOB, final.run)
    jobs.register(signing_acts.JOB, acts.run)
    built = Signatures(
        trust, credentials, final, signings, acts, Successors(reviewing.versions, clock), verifying
    )  # fmt: skip
    reviewing.tasks.others.append(built.tasks)
    return built
