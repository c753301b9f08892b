"""The roots that are trusted here, and the way from a certificate to one of them (RFC 5280 § 6, without policies)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from signing.errors import BadCredential, CertificateUntrusted

MAX_PATH = 6
# What the library raises on a certificate's part that does not read, which it finds only when asked for the part.
_BROKEN = (
    ValueError, TypeError, UnsupportedAlgorithm,
    x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Anchors:
    roots: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> bytes:
        return b"".join(root.public_bytes(Encoding.PEM) for root in self.roots)

    def path(
        self, certificate: x509.Certificate, known: Iterable[x509.Certificate], at: datetime
    ) -> tuple[x509.Certificate, ...]:
        """The intermediates between the certificate and a root, all valid at that moment.

        Raises `CertificateUntrusted`; the certificate's own validity is the caller's question.
        """
        pool = [*self.intermediates, *known]
        path: list[x509.Certificate] = []
        link = certificate
        while len(path) <= MAX_PATH:
            if any(_issued(link, root, at, len(path)) for root in self.roots):
                return tuple(path)
            step = next((one for one in pool if one not in path and _issued(link, one, at, len(path))), None)
            if step is None or step in self.roots:
                break
            path.append(step)
            link = step
        raise CertificateUntrusted(name(certificate), "no way to a trusted root")


def _issued(link: x509.Certificate, issuer: x509.Certificate, at: datetime, below: int) -> bool:
    """Whether `issuer` is an authority that may have, and did, issue `link`, with `below` authorities under it."""
    if link.issuer != issuer.subject or not issuer.not_valid_before_utc <= at <= issuer.not_valid_after_utc:
        return False
    try:
        rules = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        link.verify_directly_issued_by(issuer)
    except (x509.ExtensionNotFound, ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return rules.ca and (rules.path_length is None or below <= rules.path_length)


def name(certificate: x509.Certificate) -> str:
    """The person's or authority's common name; without one, the whole subject."""
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(SHA256()).hex()


def read_certificate(der: bytes) -> x509.Certificate:
    """Raises `BadCredential` when any part of it does not read."""
    try:
        certificate = x509.load_der_x509_certificate(der)
    except _BROKEN as broken:
        raise BadCredential("a certificate does not read") from broken
    return require_readable(certificate)


def require_readable(certificate: x509.Certificate) -> x509.Certificate:
    """Reads every part that is asked for later. Raises `BadCredential`."""
    try:
        certificate.subject.rfc4514_string(), certificate.issuer.rfc4514_string()
        certificate.not_valid_before_utc, certificate.not_valid_after_utc  # noqa: B018
        certificate.public_key(), certificate.extensions, certificate.signature_hash_algorithm
    except _BROKEN as broken:
        raise BadCredential("a certificate does not read") from broken
    return certificate


def load_pem(pem: bytes) -> Sequence[x509.Certificate]:
    return x509.load_pem_x509_certificates(pem)
