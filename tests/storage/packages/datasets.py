"""A small but whole dataset: every kind of file, two people, six events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from review.dataset import (
    Agent,
    Dataset,
    Description,
    Event,
    Office,
    document_file,
    proof_file,
    source_file,
)

NOON = datetime(2026, 11, 23, 11, 30, 15, tzinfo=UTC)
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF\n"
TITLE = "Obecně závazná vyhláška č. 3/2026 <o nočním klidu> & pořádku"


def a_dataset(document: bytes = PDF, **words: str) -> Dataset:
    description = Description(
        title=words.get("title", TITLE),
        kind="ordinance",
        number="1",
        document="d1",
        version="v1",
        department="Odbor kultury",
        office=Office("Krajský úřad", "IČO:70891508"),
        created=NOON - timedelta(days=2),
        reference=words.get("reference"),
        supersedes=words.get("supersedes"),
    )
    files = (
        document_file(document),
        source_file(b'{"content":[],"schema":1,"type":"doc"}'),
        proof_file("validation-report.json", b'{"indication":"TOTAL-PASSED"}'),
        proof_file("settlement-report-1.pdf", PDF[:500]),
        proof_file("audit-extract.json", b'{"entries":[]}'),
    )
    events = tuple(
        Event(f"event-{at}", word, NOON + timedelta(minutes=at), detail, "success", "person-1")
        for at, (word, detail) in enumerate(
            [("creation", "typeset"), ("digital signature generation", "PAdES B-T"), ("validation", "PDF/A-2a")]
        )
    )
    author, producer = Agent("person-1", "Jana Nováková", "person"), Agent("software", "Paraph", "software", "0.1.0")
    return Dataset("paraph-v1-1", NOON, description, files, events, (author,), producer)
