"""BagIt 1.0 (RFC 8493): the same files under `data/`, with manifests in SHA-256 and SHA-512, as a ZIP."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from review.dataset import Dataset
from storage.packages import archive
from storage.packages.descriptive import dublin_core
from storage.packages.premis import preservation

ALGORITHMS = ("sha256", "sha512")
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def build(dataset: Dataset) -> bytes:
    """The bag's bytes, the same for the same dataset."""
    payload = {f"data/{file.path}": file.data for file in dataset.files}
    payload |= {
        "data/metadata/dc.xml": dublin_core(dataset.description),
        "data/metadata/premis.xml": preservation(dataset),
    }
    tags = {"bagit.txt": DECLARATION, "bag-info.txt": _information(dataset, payload)}
    tags |= {f"manifest-{name}.txt": manifest(payload, name) for name in ALGORITHMS}
    seals = {f"tagmanifest-{name}.txt": manifest(tags, name) for name in ALGORITHMS}
    whole = payload | tags | seals
    return archive.pack({f"{dataset.id}/{path}": data for path, data in whole.items()}, dataset.sealed)


def manifest(files: Mapping[str, bytes], algorithm: str) -> bytes:
    """One line a file, in order of the path (RFC 8493 section 2.1.3)."""
    lines = (f"{hashlib.new(algorithm, files[path]).hexdigest()}  {path}\n" for path in sorted(files))
    return "".join(lines).encode()


def oxum(payload: Mapping[str, bytes]) -> str:
    """Octets and number of files of the payload (RFC 8493 section 2.2.2)."""
    return f"{sum(map(len, payload.values()))}.{len(payload)}"


def _information(dataset: Dataset, payload: Mapping[str, bytes]) -> bytes:
    words = dataset.description
    fields = [
        ("Source-Organization", f"{words.office.name} ({words.office.code})"),
        ("External-Identifier", words.reference or f"version:{words.version}"),
        ("External-Description", _flat(words.title)),
        ("Bagging-Date", dataset.sealed.date().isoformat()),
        ("Bag-Software-Agent", f"{dataset.producer.name} {dataset.producer.version or ''}".strip()),
        ("Payload-Oxum", oxum(payload)),
    ]
    return "".join(f"{name}: {value}\n" for name, value in fields).encode()


def _flat(text: str) -> str:
    """A line break in a value would begin another field."""
    return " ".join(text.split())
