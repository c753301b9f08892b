"""Preservation metadata in PREMIS 3.0: the files with their fixity, what happened to them, and who did it."""

from __future__ import annotations

from lxml import etree

from review.dataset import Agent, Dataset, Event, File, Purpose

NAMESPACE = "http://www.loc.gov/premis/v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def preservation(dataset: Dataset) -> bytes:
    """One `premis` element over every file that is content or proof; valid by the PREMIS 3.0 schema."""
    root = etree.Element(f"{{{NAMESPACE}}}premis", nsmap={"premis": NAMESPACE, "xsi": XSI}, version="3.0")
    for file in dataset.files:
        if file.purpose not in (Purpose.DESCRIPTIVE, Purpose.PRESERVATION):
            _object(root, file, dataset.producer.name)
    for event in dataset.events:
        _event(root, event)
    for agent in (dataset.producer, *dataset.agents):
        _agent(root, agent)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _object(root: etree._Element, file: File, originator: str) -> None:
    described = _add(root, "object")
    described.set(f"{{{XSI}}}type", "premis:file")
    _identifier(described, "object", file.path)
    traits = _add(described, "objectCharacteristics")
    _add(traits, "compositionLevel", "0")
    for algorithm, value in (("SHA-256", file.sha256), ("SHA-512", file.sha512)):
        fixity = _add(traits, "fixity")
        _add(fixity, "messageDigestAlgorithm", algorithm)
        _add(fixity, "messageDigest", value)
        _add(fixity, "messageDigestOriginator", originator)
    _add(traits, "size", str(len(file.data)))
    registry = _add(_add(traits, "format"), "formatRegistry")
    _add(registry, "formatRegistryName", "PRONOM")
    _add(registry, "formatRegistryKey", file.pronom)


def _event(root: etree._Element, event: Event) -> None:
    told = _add(root, "event")
    _identifier(told, "event", event.id)
    _add(told, "eventType", event.type)
    _add(told, "eventDateTime", event.at.isoformat())
    _add(_add(told, "eventDetailInformation"), "eventDetail", event.detail)
    _add(_add(told, "eventOutcomeInformation"), "eventOutcome", event.outcome)
    _link(told, "Agent", event.agent)
    _link(told, "Object", event.file)


def _agent(root: etree._Element, agent: Agent) -> None:
    actor = _add(root, "agent")
    _identifier(actor, "agent", agent.id)
    _add(actor, "agentName", agent.name)
    _add(actor, "agentType", agent.type)
    if agent.version:
        _add(actor, "agentVersion", agent.version)


def _identifier(parent: etree._Element, kind: str, value: str) -> None:
    identifier = _add(parent, f"{kind}Identifier")
    _add(identifier, f"{kind}IdentifierType", "local")
    _add(identifier, f"{kind}IdentifierValue", value)


def _link(parent: etree._Element, kind: str, value: str) -> None:
    link = _add(parent, f"linking{kind}Identifier")
    _add(link, f"linking{kind}IdentifierType", "local")
    _add(link, f"linking{kind}IdentifierValue", value)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    element.text = text
    return element
