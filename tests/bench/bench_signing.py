"""Mass signing with RSA-2048 in one process, against pyHanko's own signer on the same file in the same run."""

from __future__ import annotations

import asyncio
import io
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner

from review.document import Confidentiality, Document, State, Version, VersionKind
from review.ids import DepartmentId, DocumentId, PersonId, RequestId, SigningId, VersionId, new_id
from review.people import Person, Role
from review.signoff import Level, Request, Signing, Step
from server.app import now, open_office
from server.office import Office
from server.settings import settings
from signing.fields import place_fields
from signing.sealing import Order, Sealed, seal_all
from signing.typeset import typeset
from signing.verification import Verdict, verify
from tests.bench.bench_typesetting import document
from tests.bench.figure import Figure, median_ms
from tests.signing.office import NOW, SIGNERS, content, hand, masthead, pki

MANY, FEW, ACT = 400, 10, 1000


def measure() -> list[Figure]:
    pdf = _three_pages()
    plain, stamped = _rate(pdf, "B-B", MANY), _rate(pdf, "B-T", MANY // 2)
    peer = _pyhanko(pdf)
    signed = hand("Jana Nováková").sign(pdf, "Podpis1")
    assert verify(signed, pki().anchors, NOW).verdict is Verdict.VALID
    verdict = median_ms(lambda: verify(signed, pki().anchors, NOW))
    return [
        Figure("visible B-B signatures, prepared to filled", plain, "docs/s", "≥ 300", "pyHanko SimpleSigner", peer),
        Figure("visible B-T signatures with our time-stamps", stamped, "docs/s"),
        Figure("verdict on one signature", verdict, "ms", "≤ 25"),
        Figure(f"{ACT} documents signed, checked and stored", asyncio.run(_act(pdf)), "s", "≤ 10"),
    ]


def _three_pages() -> bytes:
    blocks = document(1).nodes[:44]
    made = typeset(replace(content({"type": "paragraph"}), nodes=blocks), masthead(), SIGNERS)
    return place_fields(made.pdf, made.rooms)


def _rate(pdf: bytes, level: str, number: int) -> float:
    person = hand("Jana Nováková")
    act = person.act(level)
    orders = [Order(str(n), pdf, "Podpis1") for n in range(number)]
    return _per_second(number, lambda: all(isinstance(o, Sealed) for o in seal_all(act, person.key, orders)))


def _pyhanko(pdf: bytes) -> float:
    key = hand("Jana Nováková").key
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("key.pem", "certificate.pem", "issuer.pem")]
        private = key.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        for file, data in zip(
            files, (private, key.certificate.public_bytes(Encoding.PEM), pki().intermediate), strict=True
        ):
            file.write_bytes(data)
        signer = SimpleSigner.load(str(files[0]), str(files[1]), ca_chain_files=(str(files[2]),))
    meta = PdfSignatureMetadata(field_name="Podpis1", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")

    def sign() -> bool:
        for _ in range(FEW):
            PdfSigner(meta, signer=signer).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)))
        return True

    return _per_second(FEW, sign)


def _per_second(number: int, act: Callable[[], bool]) -> float:
    began = time.perf_counter()
    assert act()
    return number / (time.perf_counter() - began)


async def _act(pdf: bytes) -> float:
    """Seconds of one act in an office on SQLite, from the call to the last document stored."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_office(settings({"data": folder}, {})) as office:
            person = Person(PersonId(new_id()), "marie", "Marie", "cs", (), (Role.APPROVER,))
            await office.stores.people.insert(person.id, person)
            key = (await office.signatures.trust.pki()).issue(person.name, "Úřad", "1234", now())
            credential = await office.signatures.credentials.add(person, key, "1234")
            requests = [await _waiting(office, person, pdf) for _ in range(ACT)]
            began = time.perf_counter()
            job = await office.signatures.acts.start(person, requests, credential.id, "1234")
            ended = await office.jobs.finished(job.id)
            assert all(outcome["result"] == "signed" for outcome in ended.outcomes)
            return time.perf_counter() - began


async def _waiting(office: Office, person: Person, pdf: bytes) -> str:
    """A document of its own that waits for the person's signature."""
    at, file = now() - timedelta(minutes=1), await office.blobs.put(pdf)
    ids: dict[str, Any] = {"document": DocumentId(new_id()), "version": VersionId(new_id())}
    version = Version(
        ids["version"], ids["document"], "1", VersionKind.FINAL, 1, file, at, person.id, file=file, size=len(pdf)
    )
    kept = Document(
        ids["document"], "Smlouva", "contract", DepartmentId("x"), Confidentiality.INTERNAL, {}, at, at,
        state=State.SIGNING, versions=(version.id,),
    )  # fmt: skip
    request = Request(RequestId(new_id()), person.id)
    signing = Signing(SigningId(new_id()), kept.id, version.id, file, (Step((request,), level=Level.B),), person.id, at)
    await office.stores.documents.insert(kept.id, kept)
    await office.stores.versions.insert(version.id, version)
    await office.stores.signings.insert(signing.id, signing)
    return request.id
