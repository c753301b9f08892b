"""E-ARK SIP 2.2.0: one folder with METS, metadata, documentation, schemas and two representations, as a ZIP.

`rep1` is the signed PDF/A, `rep2` the content it was typeset from. https://earksip.dilcis.eu/
"""

from __future__ import annotations

from collections.abc import Mapping

from review.dataset import XML, Dataset, File, Purpose
from storage.packages import archive, schemas
from storage.packages.descriptive import dublin_core
from storage.packages.mets import Entry, Group, Structure, write
from storage.packages.premis import preservation

REPRESENTATIONS = (("rep1", Purpose.DOCUMENT), ("rep2", Purpose.SOURCE))


def build(dataset: Dataset) -> bytes:
    """The package's bytes, the same for the same dataset."""
    inside = _inside(dataset)
    return archive.pack({f"{dataset.id}/{path}": data for path, data in inside.items()}, dataset.sealed)


def _inside(dataset: Dataset) -> dict[str, bytes]:
    premis = Entry("metadata/preservation/premis.xml", preservation(dataset), XML)
    words = Entry("metadata/descriptive/dc.xml", dublin_core(dataset.description), XML)
    standards = tuple(Entry(f"schemas/{name}", schemas.source(name), XML) for name in sorted(schemas.NAMES))
    proofs = tuple(_entry("documentation", file) for file in dataset.of(Purpose.DOCUMENTATION))
    entries = [premis, words, *standards, *proofs]
    groups = [Group("Documentation", proofs), Group("Schemas", standards)]
    inside: dict[str, bytes] = {}
    for name, purpose in REPRESENTATIONS:
        part = _representation(dataset, name, dataset.of(purpose), premis.data)
        inside |= {f"representations/{name}/{path}": data for path, data in part.items()}
        pointer = Entry(f"representations/{name}/METS.xml", part["METS.xml"], XML)
        groups.append(Group(f"Representations/{name}", (pointer,), representation=True))
    whole = Structure(dataset.id, dataset.description.title, tuple(groups), premis, words)
    return inside | {entry.path: entry.data for entry in entries} | {"METS.xml": write(whole, dataset)}


def _representation(dataset: Dataset, name: str, files: tuple[File, ...], premis: bytes) -> Mapping[str, bytes]:
    data = tuple(_entry("data", file) for file in files)
    kept = Entry("metadata/preservation/premis.xml", premis, XML)
    label = f"{dataset.description.title} ({name})"
    structure = Structure(name, label, (Group("Data", data),), kept, up="../../")
    inside = {entry.path: entry.data for entry in (*data, kept)}
    return inside | {"METS.xml": write(structure, dataset)}


def _entry(folder: str, file: File) -> Entry:
    return Entry(f"{folder}/{file.path}", file.data, file.media_type)
