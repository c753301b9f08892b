"""What was written behind a signature, read so that no two programs can see different things in it.

pyHanko's policy compares what pyHanko reads. Of a key that stands twice in a dictionary it reads the first, viewers
show the last; an object that nothing leads to it does not look at. ISO 32000-2 7.3.7 (keys are unique), 7.5.6
(incremental updates), 12.8.4.3 (the document security store).
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any, Final

from asn1crypto import cms, crl, ocsp, x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfStrictReadError
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.inventory import entry, items

_KEY: Final = re.compile(r"/[!-~]+")
_VALIDATION: Final[Mapping[str, Callable[[bytes], Any]]] = {
    "/Cert": lambda der: x509.Certificate.load(der, strict=True),
    "/CRL": lambda der: crl.CertificateList.load(der, strict=True),
    "/OCSP": lambda der: ocsp.OCSPResponse.load(der, strict=True),
    "/TS": lambda der: cms.ContentInfo.load(der, strict=True),
}


class _Exact(PdfFileReader):
    """Lenient with tables of references, as the general reader is; never with a key that stands twice."""

    @property
    def strict(self) -> bool:
        return True

    @strict.setter
    def strict(self, value: bool) -> None:
        """What the base class sets is about its tables, which it is told itself."""


def objection(reader: PdfFileReader, data: bytes, since: int) -> str:
    """Why what the revisions from `since` on wrote may not be there; empty when it may. May raise anything."""
    return _twofold(data, since) or _loose(reader, since) or _unread(reader) or _aimless(reader)


def adds(reader: PdfFileReader, length: int) -> bool:
    """Whether any object was written behind so many bytes."""
    return any(
        _written(reader, revision)
        for revision in range(reader.total_revisions)
        if reader.xrefs.get_xref_container_info(revision).start_location >= length
    )


def _written(reader: PdfFileReader, revision: int) -> set[generic.Reference]:
    """The objects of a revision, without those that only hold or list others."""
    held = reader.xrefs.object_streams_used_in(revision)
    table = reader.xrefs.get_xref_container_info(revision).stream_ref
    return {ref for ref in reader.xrefs.explicit_refs_in_revision(revision) if ref not in held and ref != table}


def _twofold(data: bytes, since: int) -> str:
    try:
        exact = _Exact(io.BytesIO(data), strict=False)
        odd = next((key for key in _written_keys(exact, since) if not _KEY.fullmatch(key)), None)
    except PdfStrictReadError as twice:
        return str(twice)
    return "" if odd is None else f"a key that programs read differently: {odd!r}"


def _written_keys(reader: PdfFileReader, since: int) -> Iterator[str]:
    for revision in range(since, reader.total_revisions):
        state = reader.get_historical_resolver(revision)
        for ref in reader.xrefs.explicit_refs_in_revision(revision):
            yield from _keys(state.get_object(ref))


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, generic.DictionaryObject):
        yield from value
    for inner in _held(value):
        yield from _keys(inner)


def _held(value: object) -> Iterator[object]:
    """What stands in a dictionary or an array itself: references are not followed."""
    if isinstance(value, generic.DictionaryObject):
        yield from (value.raw_get(key) for key in value)
    elif isinstance(value, generic.ArrayObject):
        yield from (value.raw_get(at) for at in range(len(value)))


def _loose(reader: PdfFileReader, since: int) -> str:
    """New objects are reached from the trailer, or from an object that was there and is written anew."""
    for revision in range(since, reader.total_revisions):
        state = reader.get_historical_resolver(revision)
        written = _written(reader, revision)
        new = {ref for ref in written if reader.xrefs.get_introducing_revision(ref) == revision}
        reached = state.collect_dependencies(state.trailer_view, since_revision=revision)
        for ref in written - new:
            reached |= state.collect_dependencies(state.get_object(ref), since_revision=revision)
        if new - reached:
            return f"nothing leads to object {min(ref.idnum for ref in new - reached)}"
    return ""


def _unread(reader: PdfFileReader) -> str:
    for key, _, der in _validation(reader):
        try:
            _ = _VALIDATION[key](der).native
        except (ValueError, TypeError, KeyError):
            return f"the validation data under {key} cannot be read"
    return ""


def _aimless(reader: PdfFileReader) -> str:
    """Behind the last signature only new validation data are of any use."""
    last = max((int(one.signed_revision) for one in reader.embedded_signatures), default=0)
    written = [_written(reader, revision) for revision in range(last + 1, reader.total_revisions)]
    new = set().union(*written)
    if not new or any(number in {ref.idnum for ref in new} for _, number, _ in _validation(reader)):
        return ""
    return "what follows the last signature is neither a signature nor validation data"


def _validation(reader: PdfFileReader) -> Iterator[tuple[str, int, bytes]]:
    """Kind, object number and DER of each piece of validation data."""
    store = entry(reader.root, "/DSS")
    related = entry(store, "/VRI")
    holders = [store, *(related[key] for key in related)] if isinstance(related, generic.DictionaryObject) else [store]
    for key, holder in product(_VALIDATION, holders):
        held = entry(holder, f"{key}s") or entry(holder, key)
        for piece in [held] if isinstance(held, generic.StreamObject) else items(held):
            if isinstance(piece, generic.StreamObject):
                yield key, int(getattr(piece.container_ref, "idnum", 0)), piece.data
