"""Descriptive metadata in simple Dublin Core."""

from __future__ import annotations

from lxml import etree

from review.dataset import PDF, Description

NAMESPACE = "http://purl.org/dc/elements/1.1/"


def dublin_core(description: Description) -> bytes:
    """Title, kind, whose it is, when it was made, what it is called and what it replaces."""
    root = etree.Element("metadata", nsmap={"dc": NAMESPACE})
    for name, value in _terms(description):
        etree.SubElement(root, f"{{{NAMESPACE}}}{name}").text = value
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _terms(description: Description) -> list[tuple[str, str]]:
    terms = [
        ("title", description.title),
        ("type", description.kind),
        ("creator", description.office.name),
        ("contributor", description.department),
        ("date", description.created.date().isoformat()),
        ("language", description.language),
        ("format", PDF),
        ("identifier", f"version:{description.version}"),
        ("identifier", f"document:{description.document}"),
        ("description", f"version {description.number}"),
    ]
    if description.reference:
        terms.append(("identifier", description.reference))
    if description.supersedes:
        terms.append(("relation", f"replaces version:{description.supersedes}"))
    return terms
