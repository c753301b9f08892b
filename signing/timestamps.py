"""RFC 3161 time-stamps of our own authority, made in process, and the check of any token over a known digest."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from asn1crypto import cms as asn1_cms
from asn1crypto import tsp
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256, Hash

from signing.cms import TST_INFO, Container, attribute, sign, verifies
from signing.der import NULL, generalized_time, integer, octets, oid, sequence, utc_time
from signing.errors import BadCredential, CertificateUntrusted, StampingRefused
from signing.trust import Anchors, read_certificate

# An identifier of our own under the arc that needs no registration (ITU-T X.667): the demonstration's policy.
POLICY: Final = "2.25.305432907417428914027836413570234987121"
_SIGNING_TIME: Final = "1.2.840.113549.1.9.5"
_ACCURACY: Final = sequence(integer(1))
# What the libraries raise on bytes that only look like a token.
_BROKEN: Final = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, StopIteration, UnsupportedAlgorithm, BadCredential,
)  # fmt: skip


def sha256(data: bytes) -> bytes:
    hashed = Hash(SHA256())
    hashed.update(data)
    return hashed.finalize()


@dataclass(frozen=True, slots=True)
class OwnTimeStamper:
    """The built-in authority: its word is as good as this server's clock, and its certificate says so."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    key: PrivateKeyTypes
    clock: Callable[[], datetime]
    container: Container = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "container", Container.of(self.certificate, self.chain, TST_INFO))

    def stamp(self, digest: bytes) -> bytes:
        now = self.clock().astimezone(UTC).replace(microsecond=0)
        if not self.certificate.not_valid_before_utc <= now <= self.certificate.not_valid_after_utc:
            raise StampingRefused("the time-stamping certificate is not valid now")
        info = token_info(digest, now, secrets.randbits(63))
        signed = self.container.attributes(sha256(info), attribute(_SIGNING_TIME, utc_time(now)))
        return self.container.assemble(signed, sign(self.key, signed), content=info)


def token_info(digest: bytes, at: datetime, serial: int) -> bytes:
    """TSTInfo (RFC 3161 § 2.4.2), accurate to a second."""
    imprint = sequence(sequence(oid("2.16.840.1.101.3.4.2.1"), NULL), octets(digest))
    return sequence(integer(1), oid(POLICY), imprint, integer(serial), generalized_time(at), _ACCURACY)


@dataclass(frozen=True, slots=True)
class Stamped:
    """What a token says. `trusted` is whether its certificate leads to a known root."""

    at: datetime
    by: str
    trusted: bool


def read_token(token: bytes, digest: bytes, anchors: Anchors) -> Stamped:
    """Checks imprint, signature, purpose and chain of a token. Raises `StampingRefused` when it does not prove it."""
    try:
        signed = asn1_cms.ContentInfo.load(token)["content"]
        info: tsp.TSTInfo = signed["encap_content_info"]["content"].parsed
        signer = signed["signer_infos"][0]
        certificates = [read_certificate(choice.chosen.dump()) for choice in signed["certificates"]]
        serial = signer["sid"].chosen["serial_number"].native
        certificate = next(one for one in certificates if one.serial_number == serial)
        _require_signed(signed, signer, certificate)
        if info["message_imprint"]["hashed_message"].native != digest:
            raise StampingRefused("it is of something else")
        at: datetime = info["gen_time"].native
        return Stamped(at, certificate.subject.rfc4514_string(), _is_trusted(certificate, certificates, anchors, at))
    except _BROKEN as broken:
        raise StampingRefused("not a time-stamp") from broken


def _require_signed(signed: asn1_cms.SignedData, signer: asn1_cms.SignerInfo, certificate: x509.Certificate) -> None:
    attributes = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
    content = signed["encap_content_info"]["content"].contents
    if attributes["message_digest"][0].native != sha256(content):
        raise StampingRefused("its content was changed")
    message = b"\x31" + signer["signed_attrs"].dump()[1:]
    if not verifies(certificate.public_key(), message, signer["signature"].native):
        raise StampingRefused("its signature is wrong")


def _is_trusted(
    certificate: x509.Certificate, certificates: list[x509.Certificate], anchors: Anchors, at: datetime
) -> bool:
    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        anchors.path(certificate, certificates, at)
    except (x509.ExtensionNotFound, CertificateUntrusted):
        return False
    return x509.oid.ExtendedKeyUsageOID.TIME_STAMPING in purposes
