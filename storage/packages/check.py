"""Judges a package: complete, unaltered, valid by its schemas. Ours before anybody is offered it, or any one later.

`inspect` needs nothing but the bytes, so that whoever received a package can ask the same.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from review.dataset import Dataset, Purpose
from review.errors import PackageFault
from storage.packages import archive, bag, mets, schemas

FOLDERS = {
    "eark-sip": {Purpose.DOCUMENT: "representations/rep1/data/", Purpose.SOURCE: "representations/rep2/data/"},
    "bagit": {Purpose.DOCUMENT: "data/", Purpose.SOURCE: "data/"},
}


@dataclass(frozen=True, slots=True)
class Inside:
    """A package that was found whole: its format, the folder it is in, and its files by path under that folder."""

    format: str
    name: str
    files: Mapping[str, bytes]

    def proof(self, path: str) -> bytes | None:
        """A report or extract by its name in the dataset."""
        folder = "documentation/" if self.format == "eark-sip" else "data/"
        return self.files.get(folder + path)


def inspect(data: bytes) -> Inside:
    """Raises `PackageFault` unless every file is there, unaltered and named, and the metadata are valid."""
    inside = _opened(data)
    (_eark_sip if inside.format == "eark-sip" else _bagit)(inside.files)
    return inside


def accept(format: str, data: bytes, dataset: Dataset) -> None:
    """The check of our own package: whole, of that format, and holding the dataset's record byte for byte."""
    inside = inspect(data)
    if (inside.format, inside.name) != (format, dataset.id):
        raise PackageFault("", f"a package {inside.name} of format {inside.format}")
    for purpose, folder in FOLDERS[format].items():
        for file in dataset.of(purpose):
            if inside.files.get(folder + file.path) != file.data:
                raise PackageFault(folder + file.path, "not the bytes that were handed in")


def _opened(data: bytes) -> Inside:
    try:
        files = archive.unpack(data)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as damaged:
        raise PackageFault("", "not an archive, or a damaged one") from damaged
    name = next(iter(sorted(files)), "").partition("/")[0]
    stray = [path for path in files if not path.startswith(f"{name}/")]
    if stray or not name:
        raise PackageFault(stray[0] if stray else "", "outside the package's folder")
    inside = {path.removeprefix(f"{name}/"): body for path, body in files.items()}
    return Inside("bagit" if "bagit.txt" in inside else "eark-sip", name, inside)


def _eark_sip(inside: Mapping[str, bytes]) -> None:
    named = {"METS.xml"} | _named(inside, "")
    for path in [path for path in inside if path.startswith("representations/") and path.endswith("/METS.xml")]:
        named |= _named(inside, path.removesuffix("METS.xml"))
    stray = sorted(set(inside) - named)
    if stray:
        raise PackageFault(stray[0], "present but not named")
    for path in [path for path in inside if path.endswith("premis.xml")]:
        _valid(path, inside[path], "premis.xsd")


def _bagit(inside: Mapping[str, bytes]) -> None:
    payload = {path: body for path, body in inside.items() if path.startswith("data/")}
    tags = {path: body for path, body in inside.items() if path not in payload and not path.startswith("tagmanifest")}
    for algorithm in bag.ALGORITHMS:
        _same(inside, f"manifest-{algorithm}.txt", bag.manifest(payload, algorithm))
        _same(inside, f"tagmanifest-{algorithm}.txt", bag.manifest(tags, algorithm))
    _valid("data/metadata/premis.xml", inside.get("data/metadata/premis.xml", b""), "premis.xsd")


def _named(inside: Mapping[str, bytes], folder: str) -> set[str]:
    """The paths that one METS document names, each checked."""
    place = f"{folder}METS.xml"
    _valid(place, inside.get(place, b""), "mets.xsd")
    named = set()
    for path, size, checksum in mets.references(inside[place], schemas.parser()):
        body = inside.get(folder + path)
        if body is None:
            raise PackageFault(folder + path, "named but absent")
        if len(body) != size or hashlib.sha256(body).hexdigest() != checksum:
            raise PackageFault(folder + path, "altered")
        named.add(folder + path)
    return named


def _same(inside: Mapping[str, bytes], path: str, expected: bytes) -> None:
    if inside.get(path) != expected:
        raise PackageFault(path, "does not agree with the files")


def _valid(path: str, document: bytes, name: str) -> None:
    try:
        tree = etree.fromstring(document, schemas.parser())
    except etree.XMLSyntaxError as broken:
        raise PackageFault(path, str(broken)) from broken
    if why := schemas.fault(name, tree):
        raise PackageFault(path, why)
