"""What the story has signed, superseded, handed over and archived; and the contracts that wait for a signature."""

from __future__ import annotations

import asyncio

from review.document import MemberRole
from review.handover import Registration, RetentionSign
from review.ids import ClientId
from server.demo.papers import CONTRACT
from server.demo.telling import Telling
from server.identity.callers import Client

RESOLUTION, DECISION, MINUTES, NOTICE, STRUCTURE = (
    "usneseni-rady",
    "rozhodnuti-vyber-dodavatele",
    "zapis-porada",
    "oznameni-prodej-pozemku",
    "organizacni-rad",
)
REGISTRY = Client(ClientId("demo"), "Spisová služba", frozenset())
SIGNER = MemberRole.SIGNER


async def issue_structure(telling: Telling) -> None:
    """The first version of the rules of organisation."""
    await telling.begin(STRUCTURE, "kadlec", malkova=SIGNER, kralovska=SIGNER)
    telling.clock.turn_to(17, 14)
    version = await telling.finalise(STRUCTURE, "kadlec")
    await telling.send(version, "kadlec", "malkova", "kralovska")
    telling.clock.turn_to(16, 9)
    await telling.sign("kralovska")
    telling.clock.turn_to(16, 11)
    await telling.sign("malkova")


async def change_structure(telling: Telling) -> None:
    """A mistake was found: the second version supersedes the first, which stays as it was signed."""
    document = (await telling.office.documents.documents.get(telling.documents[STRUCTURE])).value
    await telling.office.signatures.successors.begin(
        telling.people["kadlec"],
        document.versions[-1],
        "V čl. 6 odst. 1 byla uvedena nesprávná lhůta; porada vedení 4. listopadu 2026 schválila tři pracovní dny.",
    )
    await telling.rewrite(STRUCTURE, "kadlec", "nejdéle do pěti pracovních dnů", "nejdéle do tří pracovních dnů")
    telling.clock.turn_to(8, 16)
    version = await telling.finalise(STRUCTURE, "kadlec")
    await telling.send(version, "kadlec", "malkova", "kralovska")
    telling.clock.turn_to(7, 9)
    await telling.sign("kralovska")
    await telling.sign("malkova")


async def issue_decision(telling: Telling) -> None:
    await telling.begin(DECISION, "kralovska", sykora=MemberRole.REVIEWER)
    version = await telling.finalise(DECISION, "kralovska")
    await telling.send(version, "kralovska", "kralovska")
    await telling.sign("kralovska")


async def issue_resolution(telling: Telling) -> None:
    await telling.begin(RESOLUTION, "novotny", benesova=SIGNER, malkova=SIGNER)
    version = await telling.finalise(RESOLUTION, "novotny")
    await telling.send(version, "novotny", "benesova", "malkova")
    await telling.sign("benesova")
    telling.clock.turn_to(4, 15)
    await telling.sign("malkova")


async def issue_minutes_and_notice(telling: Telling) -> None:
    await telling.begin(MINUTES, "kadlec", malkova=SIGNER)
    await telling.send(await telling.finalise(MINUTES, "kadlec"), "kadlec", "malkova")
    await telling.sign("malkova")
    await telling.begin(NOTICE, "simek", jelinek=MemberRole.EDITOR)
    await telling.send(await telling.finalise(NOTICE, "simek"), "simek", "simek")
    await telling.sign("simek")


async def prepare_contracts(telling: Telling) -> None:
    """A dozen contracts wait for the director; one of them also for the head of the department."""
    names = [name for name in telling.papers if name.startswith(CONTRACT)]
    for name in names:
        await telling.begin(name, "novotny", malkova=SIGNER)
    versions = await asyncio.gather(*(telling.finalise(name, "novotny") for name in names))
    for number, version in enumerate(versions):
        others = ("benesova",) if number == 1 else ()
        await telling.send(version, "novotny", "malkova", *others, due=2)


async def archive(telling: Telling, paper: str, reference: str, mark: str, archive_id: str = "") -> None:
    """The registry receives and registers the paper's newest version, and archives it under the id, if any."""
    handovers, handover = telling.office.registry.handovers, await telling.handover(paper)
    package = handovers.package_of(handover, None)
    await handovers.receive(REGISTRY, handover.id, package.sha256)
    registration = Registration(reference, mark, RetentionSign.ARCHIVE, retention_years=10)
    await handovers.register(REGISTRY, handover.id, registration)
    if archive_id:
        await handovers.archive(REGISTRY, handover.id, archive_id)


async def receive(telling: Telling, paper: str) -> None:
    handovers, handover = telling.office.registry.handovers, await telling.handover(paper)
    await handovers.receive(REGISTRY, handover.id, handovers.package_of(handover, None).sha256)
