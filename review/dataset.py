"""What goes into a package, free of its format: the same files and words, whatever the archive takes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

PDF, JSON, XML = "application/pdf", "application/json", "text/xml"


class Purpose(StrEnum):
    """What a file is to the archive: the record itself, its source, or the proof of how it came to be."""

    DOCUMENT = "document"
    SOURCE = "source"
    DOCUMENTATION = "documentation"
    DESCRIPTIVE = "descriptive"
    PRESERVATION = "preservation"


@dataclass(frozen=True, slots=True)
class File:
    """`pronom` is the key of the format in the PRONOM registry, such as fmt/476 for PDF/A-2a."""

    path: str
    data: bytes
    media_type: str
    purpose: Purpose
    pronom: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def sha512(self) -> str:
        return hashlib.sha512(self.data).hexdigest()


def document_file(data: bytes) -> File:
    """The signed PDF/A, byte for byte."""
    return File("document.pdf", data, PDF, Purpose.DOCUMENT, "fmt/476")


def source_file(data: bytes) -> File:
    """The canonical content tree that the document was typeset from."""
    return File("content.json", data, JSON, Purpose.SOURCE, "fmt/817")


def picture_file(sha256: str, data: bytes, media_type: str) -> File:
    """A picture that the content shows: its file's name is the last part of the node's `src`, with an ending."""
    ending, pronom = _PICTURES[media_type]
    return File(f"pictures/{sha256}.{ending}", data, media_type, Purpose.SOURCE, pronom)


_PICTURES: Mapping[str, tuple[str, str]] = {
    "image/png": ("png", "fmt/12"),
    "image/jpeg": ("jpg", "fmt/43"),
    "image/gif": ("gif", "fmt/4"),
    "image/webp": ("webp", "fmt/566"),
}


def proof_file(path: str, data: bytes) -> File:
    """A report or an extract: its kind is told by the end of its name (.json, .xml, .pdf)."""
    media_type, pronom = _KINDS[path.rsplit(".", 1)[-1]]
    return File(path, data, media_type, Purpose.DOCUMENTATION, pronom)


_KINDS: Mapping[str, tuple[str, str]] = {"json": (JSON, "fmt/817"), "xml": (XML, "fmt/101"), "pdf": (PDF, "fmt/476")}


@dataclass(frozen=True, slots=True)
class Office:
    """Whose record it is. `code` is its identification number with the kind before it, such as `IČO:70891508`."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Description:
    """Words about the record. `reference` is the number of its matter where it has one."""

    title: str
    kind: str
    number: str
    document: str
    version: str
    department: str
    office: Office
    created: datetime
    language: str = "cs"
    reference: str | None = None
    supersedes: str | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    """Who did something: `type` is `software` or `person` (PREMIS agentType)."""

    id: str
    name: str
    type: str
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the record; `type` is a word of the PREMIS event vocabulary."""

    id: str
    type: str
    at: datetime
    detail: str
    outcome: str
    agent: str
    file: str = "document.pdf"


@dataclass(frozen=True, slots=True)
class Dataset:
    """The whole input of a package. `id` names it and its folder: letters, digits, `-` and `_`, at most 64.

    `sealed` is the moment the package is made: it alone is the date of everything in it, so that the same dataset
    always gives the same bytes. `producer` is the software that made it and stands in `agents` too.
    """

    id: str
    sealed: datetime
    description: Description
    files: tuple[File, ...]
    events: tuple[Event, ...]
    agents: tuple[Agent, ...]
    producer: Agent

    def of(self, purpose: Purpose) -> tuple[File, ...]:
        return tuple(file for file in self.files if file.purpose is purpose)


@dataclass(frozen=True, slots=True)
class Package:
    """One finished package. `name` is the file name that it should be saved under."""

    format: str
    name: str
    data: bytes
    sha256: str
