"""A person's key, opened by its PIN for one act: PKCS#12 today, other homes behind the same port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import pkcs12 as asn1_pkcs12
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from signing.cms import algorithm_of, sign
from signing.errors import BadCredential, CertificateExpired, CertificateNotYet, WrongPin
from signing.trust import Anchors, name, require_readable


@dataclass(frozen=True, slots=True)
class Opened:
    """A key store that its PIN has opened. Implements `signing.ports.Credentials`."""

    certificate: x509.Certificate
    chain: Sequence[x509.Certificate]
    key: PrivateKeyTypes

    def sign_all(self, messages: Sequence[bytes]) -> list[bytes]:
        return [sign(self.key, message) for message in messages]


@dataclass(frozen=True, slots=True)
class Described:
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    certificate: bytes


def open_pkcs12(data: bytes, pin: str, anchors: Anchors, now: datetime) -> Opened:
    """The key, when its certificate is valid now and leads to a trusted root.

    Raises `WrongPin`, `BadCredential`, `CertificateExpired`, `CertificateNotYet`, `CertificateUntrusted`.
    """
    key, certificate, others = _load(data, pin)
    require_usable(certificate, now)
    return Opened(certificate, anchors.path(certificate, others, now), key)


def describe_pkcs12(data: bytes, pin: str, anchors: Anchors, now: datetime) -> Described:
    """What a person is told of the store before it is kept; the same refusals as opening it."""
    opened = open_pkcs12(data, pin, anchors, now)
    return describe(opened.certificate)


def describe(certificate: x509.Certificate) -> Described:
    return Described(
        name(certificate),
        certificate.issuer.rfc4514_string(),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        certificate.public_bytes(Encoding.DER),
    )


def require_usable(certificate: x509.Certificate, now: datetime) -> None:
    """Raises `CertificateExpired`, `CertificateNotYet`, `BadCredential` (not meant for signing documents)."""
    if now > certificate.not_valid_after_utc:
        raise CertificateExpired(name(certificate), certificate.not_valid_after_utc)
    if now < certificate.not_valid_before_utc:
        raise CertificateNotYet(name(certificate), certificate.not_valid_before_utc)
    algorithm_of(certificate.public_key())
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise BadCredential("the certificate is not meant for signing")


def _load(data: bytes, pin: str) -> tuple[PrivateKeyTypes, x509.Certificate, list[x509.Certificate]]:
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, pin.encode())
    except ValueError as refused:
        raise (WrongPin() if _is_pkcs12(data) else BadCredential("not a PKCS#12 file")) from refused
    if key is None or certificate is None:
        raise BadCredential("no key with its certificate inside")
    return key, require_readable(certificate), [require_readable(other) for other in others]


def _is_pkcs12(data: bytes) -> bool:
    try:
        parsed = asn1_pkcs12.Pfx.load(data, strict=True)
        return bool(parsed["version"].native == "v3" and parsed["auth_safe"]["content_type"].native)
    except (ValueError, TypeError, KeyError):
        return False
