"""Signature containers built from a template: what all signatures of one certificate share is encoded once.

RFC 5652 SignedData with the signed attributes of PAdES baseline B (ETSI EN 319 142-1 § 6.3): content-type,
message-digest, signing-certificate-v2 (RFC 5035); the time of signing stands in the PDF, never here. A signature
time-stamp (level T) is an unsigned attribute.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from signing.der import NULL, integer, octets, oid, sequence, set_of, tlv
from signing.errors import BadCredential

DATA: Final = "1.2.840.113549.1.7.1"
TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"
_SIGNED_DATA: Final = oid("1.2.840.113549.1.7.2")
_SHA256: Final = sequence(oid("2.16.840.1.101.3.4.2.1"))
_CONTENT_TYPE: Final = oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST: Final = oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE: Final = oid("1.2.840.113549.1.9.16.2.47")
_TIME_STAMP: Final = oid("1.2.840.113549.1.9.16.2.14")


class Algorithm(Enum):
    """Always with SHA-256. The value is the name an outside signer is told."""

    RSA = "RSASSA-PKCS1-v1_5-SHA256"
    ECDSA = "ECDSA-SHA256"

    @property
    def identifier(self) -> bytes:
        if self is Algorithm.RSA:
            return sequence(oid("1.2.840.113549.1.1.11"), NULL)
        return sequence(oid("1.2.840.10045.4.3.2"))


def algorithm_of(key: PublicKeyTypes) -> Algorithm:
    """Raises `BadCredential` for a kind of key, or a weakness, that no signature here is made with."""
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
        return Algorithm.RSA
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size >= 256:
        return Algorithm.ECDSA
    raise BadCredential("RSA from 2048 bits and elliptic curves from 256 bits are taken")


def sign(key: PrivateKeyTypes, message: bytes) -> bytes:
    """The raw signature value of a message. Raises `BadCredential`."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(message, ec.ECDSA(SHA256()))
    raise BadCredential("a key of this kind does not sign here")


def verifies(key: PublicKeyTypes, message: bytes, value: bytes) -> bool:
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(value, message, padding.PKCS1v15(), SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, message, ec.ECDSA(SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Container:
    """The template for one certificate: `attributes` → sign them → `assemble`.

    `content` None means detached, as in a PDF; else the bytes stand inside, as in a time-stamp.
    """

    algorithm: Algorithm
    signer: bytes
    certificates: bytes
    fixed: tuple[bytes, ...]
    content_type: bytes

    @classmethod
    def of(
        cls, certificate: x509.Certificate, chain: Sequence[x509.Certificate] = (), content_type: str = DATA
    ) -> Self:
        """The chain holds the intermediates; the root is known to whoever trusts it."""
        encoded = certificate.public_bytes(Encoding.DER)
        identity = sequence(sequence(sequence(octets(hashlib.sha256(encoded).digest()))))
        return cls(
            algorithm_of(certificate.public_key()),
            sequence(certificate.issuer.public_bytes(), integer(certificate.serial_number)),
            tlv(0xA0, *sorted([encoded, *(link.public_bytes(Encoding.DER) for link in chain)])),
            (_attribute(_CONTENT_TYPE, oid(content_type)), _attribute(_SIGNING_CERTIFICATE, identity)),
            oid(content_type),
        )

    def attributes(self, digest: bytes, *more: bytes) -> bytes:
        """What is signed: the signed attributes as a SET, for the SHA-256 of the content."""
        return set_of(*self.fixed, _attribute(_MESSAGE_DIGEST, octets(digest)), *more)

    def assemble(
        self, attributes: bytes, value: bytes, token: bytes | None = None, content: bytes | None = None
    ) -> bytes:
        """The whole ContentInfo. The attributes are those that were signed, as `attributes` gave them."""
        signer = sequence(
            integer(1),
            self.signer,
            _SHA256,
            b"\xa0" + attributes[1:],
            self.algorithm.identifier,
            octets(value),
            *((tlv(0xA1, _attribute(_TIME_STAMP, token)),) if token else ()),
        )
        # RFC 5652 5.1: version 3 as soon as the content is something else than data.
        version = integer(1) if content is None else integer(3)
        inner = sequence(self.content_type, *((tlv(0xA0, octets(content)),) if content is not None else ()))
        return sequence(
            _SIGNED_DATA,
            tlv(0xA0, sequence(version, set_of(_SHA256), inner, self.certificates, set_of(signer))),
        )


def attribute(name: str, value: bytes) -> bytes:
    return _attribute(oid(name), value)


def _attribute(name: bytes, value: bytes) -> bytes:
    return sequence(name, set_of(value))
