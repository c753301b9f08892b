"""The roots that are trusted here, and the way from a certificate to one of them (RFC 5280 § 6, without policies)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from signing.errors import CertificateUntrusted

MAX_PATH = 6


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


def load_pem(pem: bytes) -> Sequence[x509.Certificate]:
    return x509.load_pem_x509_certificates(pem)
