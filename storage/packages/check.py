"""Our own judgement of a package before anybody is offered it: complete, unaltered, valid by its schemas."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping

from lxml import etree

from review.dataset import Dataset, Purpose
from review.errors import PackageFault
from storage.packages import archive, bag, mets, schemas


def eark_sip(data: bytes, dataset: Dataset) -> None:
    """Raises `PackageFault` unless every file is named once with its true size and checksum, and METS and PREMIS
    are valid by their schemas."""
    inside = _opened(data, dataset)
    named = {"METS.xml"} | _named(inside, "")
    for path in [path for path in inside if path.startswith("representations/") and path.endswith("/METS.xml")]:
        named |= _named(inside, path.removesuffix("METS.xml"))
    _complete(inside, named)
    for path in [path for path in inside if path.endswith("premis.xml")]:
        _valid(path, inside[path], "premis.xsd")
    _holds(inside, dataset, {Purpose.DOCUMENT: "representations/rep1/data/", Purpose.SOURCE: _REP2})


_REP2 = "representations/rep2/data/"


def bagit(data: bytes, dataset: Dataset) -> None:
    """Raises `PackageFault` unless the manifests name exactly what is there, and PREMIS is valid by its schema."""
    inside = _opened(data, dataset)
    payload = {path: body for path, body in inside.items() if path.startswith("data/")}
    tags = {path: body for path, body in inside.items() if path not in payload and not path.startswith("tagmanifest")}
    for algorithm in bag.ALGORITHMS:
        _same(inside, f"manifest-{algorithm}.txt", bag.manifest(payload, algorithm))
        _same(inside, f"tagmanifest-{algorithm}.txt", bag.manifest(tags, algorithm))
    _valid("data/metadata/premis.xml", inside.get("data/metadata/premis.xml", b""), "premis.xsd")
    _holds(inside, dataset, {Purpose.DOCUMENT: "data/", Purpose.SOURCE: "data/"})


def _opened(data: bytes, dataset: Dataset) -> dict[str, bytes]:
    try:
        files = archive.unpack(data)
    except zipfile.BadZipFile as damaged:
        raise PackageFault("", "not an archive") from damaged
    top = f"{dataset.id}/"
    stray = [path for path in files if not path.startswith(top)]
    if stray:
        raise PackageFault(stray[0], "outside the package's folder")
    return {path.removeprefix(top): body for path, body in files.items()}


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


def _complete(inside: Mapping[str, bytes], named: set[str]) -> None:
    stray = sorted(set(inside) - named)
    if stray:
        raise PackageFault(stray[0], "present but not named")


def _same(inside: Mapping[str, bytes], path: str, expected: bytes) -> None:
    if inside.get(path) != expected:
        raise PackageFault(path, "does not agree with the files")


def _valid(path: str, document: bytes, name: str) -> None:
    try:
        tree = etree.fromstring(document, schemas.parser())
    except etree.XMLSyntaxError as broken:
        raise PackageFault(path, str(broken)) from broken
    judge = schemas.schema(name)
    if not judge.validate(tree):
        raise PackageFault(path, str(judge.error_log))


def _holds(inside: Mapping[str, bytes], dataset: Dataset, folders: Mapping[Purpose, str]) -> None:
    """The record and its source are in the package byte for byte."""
    for purpose, folder in folders.items():
        for file in dataset.of(purpose):
            if inside.get(folder + file.path) != file.data:
                raise PackageFault(folder + file.path, "not the bytes that were handed in")
