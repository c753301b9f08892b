"""The XML schemas of the standards used: they go into packages and judge what we write."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

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


@cache
def schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(source(name), parser()))
