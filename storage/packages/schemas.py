"""The XML schemas of the standards used: they go into packages and judge what we write."""

from __future__ import annotations

from importlib.resources import files
from threading import Lock
from typing import Final

from lxml import etree

NAMES = ("mets.xsd", "xlink.xsd", "premis.xsd", "DILCISExtensionMETS.xsd", "DILCISExtensionSIPMETS.xsd")


def source(name: str) -> bytes:
    return files("storage.packages").joinpath("xsd", name).read_bytes()


class _Beside(etree.Resolver):
    """Answers every reference by the file of that name beside the schema; nothing is ever fetched."""

    def resolve(self, system_url: str, public_id: str, context: object) -> object:  # type: ignore[override]
        name = system_url.rsplit("/", 1)[-1]
        if name not in NAMES:
            raise FileNotFoundError(system_url)
        return self.resolve_string(source(name), context)  # type: ignore[call-arg]


def parser() -> etree.XMLParser:
    """Reads XML that may be hostile: no network, no entities."""
    reader = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False, huge_tree=False)
    reader.resolvers.add(_Beside())
    return reader


def _compiled(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(source(name), parser()))


# Compiled here, in the thread that imports: libxml2 finds what a schema includes by a loader that all threads share,
# and its tables of types are made at first use. Two threads that compile, or parse meanwhile, can end the process.
_JUDGES: Final = {name: _compiled(name) for name in ("mets.xsd", "premis.xsd")}
_ALONE: Final = Lock()


def fault(name: str, document: etree._Element) -> str:
    """Why the document is not valid by the schema of that name; empty when it is. Any thread may ask."""
    with _ALONE:
        judge = _JUDGES[name]
        return "" if judge.validate(document) else str(judge.error_log)
