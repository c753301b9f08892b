"""One signature in a PDF, judged: whole, valid, trusted, of which level, and what came after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from asn1crypto import cms as asn1_cms
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from signing import additions
from signing.errors import StampingRefused
from signing.inventory import entry, items
from signing.policy import ISSUED
from signing.timestamps import Stamped, read_token, sha256
from signing.trust import Anchors

_USAGE: Final = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)


@dataclass(frozen=True, slots=True)
class Seal:
    """`covered` is the length of the file that it signs, its hole included; `permitted` is about what came later.

    `at` is the time-stamp's moment, without one the signer's own claim.
    """

    field: str
    by: str
    at: datetime | None
    level: str
    covered: int
    intact: bool
    trusted: bool
    permitted: bool
    tidy: bool
    why: str = ""


class Later(Enum):
    """Whether what came after a signature is judged: it need not be when the whole file is known by its hash."""

    JUDGED = "judged"
    KNOWN = "known"


def judge_all(reader: PdfFileReader, data: bytes, anchors: Anchors, now: datetime, later: Later) -> list[Seal]:
    """Every signature of a person, oldest first. Foreign libraries may raise anything on hostile files."""
    found = reader.embedded_signatures
    stamps = [one for one in found if one.sig_object_type == "/DocTimeStamp"]
    kept = "/DSS" in reader.root, bool(stamps)
    return [_judge(one, data, anchors, now, later, kept) for one in found if one not in stamps]


def _judge(
    embedded: EmbeddedPdfSignature, data: bytes, anchors: Anchors, now: datetime, later: Later, kept: tuple[bool, bool]
) -> Seal:
    stamp = _stamp(embedded, anchors)
    moment = stamp.at if stamp and stamp.trusted else now
    status = validate_pdf_signature(
        embedded,
        signer_validation_context=_context(anchors, moment),
        ts_validation_context=_context(anchors, now),
        key_usage_settings=_USAGE,
        skip_diff=True,
    )
    start, first, second, rest = (int(part) for part in embedded.byte_range)
    covered = second + rest
    why = "" if later is Later.KNOWN else _objection(embedded, data, covered)
    return Seal(
        field=str(embedded.field_name),
        by=_name(embedded.signer_cert),
        at=stamp.at if stamp else status.signer_reported_dt,
        level=_level(stamp, *kept),
        covered=covered,
        intact=bool(status.intact and status.valid) and start == 0,
        trusted=bool(status.trusted) and (stamp is None or stamp.trusted),
        permitted=not why,
        tidy=_tidy(data[first:second]),
        why=why,
    )


def _context(anchors: Anchors, moment: datetime) -> ValidationContext:
    return ValidationContext(
        trust_roots=[_asn1(root) for root in anchors.roots],
        other_certs=[_asn1(one) for one in anchors.intermediates],
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=moment,
    )


def _asn1(certificate: object) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))  # type: ignore[attr-defined]


def _stamp(embedded: EmbeddedPdfSignature, anchors: Anchors) -> Stamped | None:
    """The signature time-stamp, when there is a good one. A bad one counts as none."""
    unsigned = embedded.signer_info["unsigned_attrs"]
    if not isinstance(unsigned, asn1_cms.CMSAttributes):
        return None
    tokens = [one["values"][0] for one in unsigned if one["type"].native == "signature_time_stamp_token"]
    try:
        return (
            read_token(tokens[0].dump(), sha256(embedded.signer_info["signature"].native), anchors) if tokens else None
        )
    except StampingRefused:
        return None


def _level(stamp: Stamped | None, kept: bool, stamped: bool) -> str:
    """ETSI EN 319 142-1 § 6: T has a time-stamp, LT the validation data too, LTA a document time-stamp over all."""
    if stamp is None:
        return "B-B"
    if not kept:
        return "B-T"
    return "B-LTA" if stamped else "B-LT"


def _objection(embedded: EmbeddedPdfSignature, data: bytes, covered: int) -> str:
    """Why what came later may not be there; empty when nothing did, or only what our policy lets in."""
    try:
        if embedded.evaluate_signature_coverage() < SignatureCoverageLevel.ENTIRE_REVISION:
            return "it does not cover its whole revision"
        if not data[covered:].strip():
            return ""
        if not _revisions_end(data):
            return "bytes follow the end of the file"
        result = embedded.evaluate_modifications(ISSUED)
        if isinstance(result, DiffResult):
            return additions.objection(embedded.reader, data, int(embedded.signed_revision) + 1)[:300]
    except Exception as broken:  # a hostile file makes the reader raise anything
        return f"what follows cannot be read: {type(broken).__name__}: {broken}"[:300]
    return str(result)[:300]


def _revisions_end(data: bytes) -> bool:
    """Whether the file's last `startxref` is directly followed by its end."""
    tail = data[data.rfind(b"startxref") :].split()
    return len(tail) == 3 and tail[1].isdigit() and tail[2] == b"%%EOF"


def _tidy(hole: bytes) -> bool:
    """Whether the hole holds one signature container and zeros, nothing smuggled in behind it."""
    if not (hole.startswith(b"<") and hole.endswith(b">")):
        return False
    try:
        value = bytes.fromhex(hole[1:-1].decode("ascii"))
        whole = len(asn1_cms.ContentInfo.load(value).dump())
    except (ValueError, TypeError, KeyError):
        return False
    return not value[whole:].strip(b"\0")


def _name(certificate: asn1_x509.Certificate) -> str:
    name = certificate.subject.native.get("common_name")
    return str(name or certificate.subject.human_friendly)


def open_boxes(reader: PdfFileReader) -> dict[int, Sequence[tuple[float, float, float, float]]]:
    """Where the fields that wait for a signature stand, by page from 1: from the page's top left corner, in points."""
    boxes: dict[int, list[tuple[float, float, float, float]]] = {}
    for at in range(int(reader.root["/Pages"]["/Count"])):
        page = reader.find_page_for_modification(at)[0].get_object()
        top = float(page["/MediaBox"][3])
        for note in items(entry(page, "/Annots")):
            if str(entry(note, "/FT")) == "/Sig" and entry(note, "/V") is None and entry(note, "/Rect") is not None:
                left, low, right, high = (float(str(side)) for side in items(entry(note, "/Rect")))
                boxes.setdefault(at + 1, []).append((left, top - high, right, top - low))
    return dict(boxes)
