"""METS 1.12 as E-ARK CSIP 2.2 and SIP 2.2 profile it: one document per package and one per representation."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from review.dataset import Dataset

METS = "http://www.loc.gov/METS/"
XLINK = "http://www.w3.org/1999/xlink"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
CSIP = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
SIP = "https://DILCIS.eu/XML/METS/SIPExtensionMETS"
PROFILE = "https://earksip.dilcis.eu/profile/E-ARK-SIP-v2-2-0.xml"
NAMESPACES: Any = {None: METS, "xlink": XLINK, "xsi": XSI, "csip": CSIP, "sip": SIP}
_IDENTITIES = uuid.UUID("6f1c2f0e-5d0a-5c0b-9a53-0f9c1de6b7a1")
_SCHEMAS = {METS: "mets.xsd", XLINK: "xlink.xsd", CSIP: "DILCISExtensionMETS.xsd", SIP: "DILCISExtensionSIPMETS.xsd"}
CATEGORY = "Textual works – Digital"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as METS refers to it: `path` relative to the document that names it."""

    path: str
    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Group:
    """A file group with its place in the structure; `representation` is set when it points to another METS."""

    use: str
    entries: tuple[Entry, ...]
    representation: bool = False


@dataclass(frozen=True, slots=True)
class Structure:
    """What one METS document holds. `name` is its OBJID, `up` the way from it to the folder of the package."""

    name: str
    label: str
    groups: tuple[Group, ...]
    preservation: Entry
    descriptive: Entry | None = None
    up: str = ""


def write(structure: Structure, dataset: Dataset) -> bytes:
    """The METS document; the same input always gives the same bytes."""
    return _Writer(structure, dataset).document()


class _Writer:
    """Holds what every element needs: the moment, the identities and the names they are made of."""

    def __init__(self, structure: Structure, dataset: Dataset) -> None:
        self._structure, self._dataset = structure, dataset
        self._moment = dataset.sealed.replace(microsecond=0).isoformat()

    def document(self) -> bytes:
        root = self._root()
        self._header(root)
        descriptive = self._descriptive(root)
        preservation = self._preservation(root)
        groups = self._files(root)
        self._structure_map(root, descriptive, preservation, groups)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)

    def _root(self) -> etree._Element:
        names = {"OBJID": self._structure.name, "LABEL": self._structure.label, "TYPE": CATEGORY, "PROFILE": PROFILE}
        root = etree.Element(f"{{{METS}}}mets", nsmap=NAMESPACES, attrib=names)
        root.set(f"{{{CSIP}}}CONTENTINFORMATIONTYPE", "MIXED")
        places = [f"{space} {self._structure.up}schemas/{name}" for space, name in _SCHEMAS.items()]
        root.set(f"{{{XSI}}}schemaLocation", " ".join(places))
        return root

    def _header(self, root: etree._Element) -> None:
        dates = {"CREATEDATE": self._moment, "LASTMODDATE": self._moment, "RECORDSTATUS": "NEW"}
        header = _add(root, "metsHdr", **dates)
        header.set(f"{{{CSIP}}}OAISPACKAGETYPE", "SIP")
        producer, office = self._dataset.producer, self._dataset.description.office
        software = {"ROLE": "CREATOR", "TYPE": "OTHER", "OTHERTYPE": "SOFTWARE"}
        _agent(header, software, producer.name, producer.version or "", "SOFTWARE VERSION")
        for role in ("ARCHIVIST", "CREATOR"):
            _agent(header, {"ROLE": role, "TYPE": "ORGANIZATION"}, office.name, office.code, "IDENTIFICATIONCODE")
        reference = self._dataset.description.reference
        if reference:
            _add(header, "altRecordID", reference, TYPE="REFERENCECODE")

    def _descriptive(self, root: etree._Element) -> str | None:
        entry = self._structure.descriptive
        if entry is None:
            return None
        identity = self._identity("dmdSec")
        section = _add(root, "dmdSec", ID=identity, CREATED=self._moment, STATUS="CURRENT")
        _locate(_add(section, "mdRef", MDTYPE="DC", **self._traits(entry)), entry.path)
        return identity

    def _preservation(self, root: etree._Element) -> str:
        entry, identity = self._structure.preservation, self._identity("digiprovMD")
        section = _add(root, "amdSec", ID=self._identity("amdSec"))
        marks = {"ID": identity, "CREATED": self._moment, "STATUS": "CURRENT"}
        reference = _add(_add(section, "digiprovMD", **marks), "mdRef", MDTYPE="PREMIS", MDTYPEVERSION="3.0")
        for name, value in self._traits(entry).items():
            reference.set(name, value)
        _locate(reference, entry.path)
        return identity

    def _files(self, root: etree._Element) -> Mapping[str, str]:
        section = _add(root, "fileSec", ID=self._identity("fileSec"))
        return {group.use: self._group(section, group) for group in self._structure.groups}

    def _group(self, section: etree._Element, group: Group) -> str:
        identity = self._identity(f"fileGrp {group.use}")
        element = _add(section, "fileGrp", ID=identity, USE=group.use)
        if group.representation:
            element.set(f"{{{CSIP}}}CONTENTINFORMATIONTYPE", "MIXED")
        for entry in group.entries:
            file = _add(element, "file", ID=self._identity(f"file {entry.path}"), **self._traits(entry))
            _locate(_add(file, "FLocat"), entry.path)
        return identity

    def _structure_map(
        self, root: etree._Element, descriptive: str | None, preservation: str, groups: Mapping[str, str]
    ) -> None:
        chart = _add(root, "structMap", ID=self._identity("structMap"), TYPE="PHYSICAL", LABEL="CSIP")
        top = self._division(chart, self._structure.name)
        metadata = self._division(top, "Metadata", ADMID=preservation)
        if descriptive:
            metadata.set("DMDID", descriptive)
        for group in self._structure.groups:
            place = self._division(top, group.use)
            if not group.representation:
                _add(place, "fptr", FILEID=groups[group.use])
                continue
            pointer = _add(place, "mptr")
            _locate(pointer, group.entries[0].path)
            pointer.set(f"{{{XLINK}}}title", groups[group.use])

    def _division(self, parent: etree._Element, label: str, **attributes: str) -> etree._Element:
        return _add(parent, "div", ID=self._identity(f"div {label}"), LABEL=label, **attributes)

    def _traits(self, entry: Entry) -> dict[str, str]:
        return {
            "MIMETYPE": entry.media_type,
            "SIZE": str(len(entry.data)),
            "CREATED": self._moment,
            "CHECKSUM": hashlib.sha256(entry.data).hexdigest(),
            "CHECKSUMTYPE": "SHA-256",
        }

    def _identity(self, what: str) -> str:
        return f"uuid-{uuid.uuid5(_IDENTITIES, f'{self._dataset.id} {self._structure.name} {what}')}"


def _agent(header: etree._Element, role: Mapping[str, str], name: str, note: str, note_type: str) -> None:
    agent = _add(header, "agent", **role)
    _add(agent, "name", name)
    _add(agent, "note", note).set(f"{{{CSIP}}}NOTETYPE", note_type)


def _locate(element: etree._Element, path: str) -> None:
    element.set("LOCTYPE", "URL")
    element.set(f"{{{XLINK}}}type", "simple")
    element.set(f"{{{XLINK}}}href", path)


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{METS}}}{name}", attrib=attributes)
    element.text = text
    return element


def references(document: bytes, parser: etree.XMLParser) -> Sequence[tuple[str, int, str]]:
    """Every file a METS document names: path, size, SHA-256 in lower case."""
    root = etree.fromstring(document, parser)
    found = []
    for element in root.iter(f"{{{METS}}}file", f"{{{METS}}}mdRef"):
        place = element if element.tag.endswith("mdRef") else element[0]
        path = place.get(f"{{{XLINK}}}href", "")
        found.append((path, int(element.get("SIZE", "-1")), element.get("CHECKSUM", "").lower()))
    return found
