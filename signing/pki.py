"""The demonstration's public key infrastructure, made at the first start.

A root, an intermediate that issues people's certificates, and a time-stamping certificate. The root's key is thrown
away when the two others are signed. Every name says that what is signed by it has no legal force.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)

from signing.timestamps import OwnTimeStamper
from signing.trust import Anchors

NO_FORCE: Final = "bez právní závaznosti / no legal force"
_DAY: Final = timedelta(days=1)
_YEAR: Final = timedelta(days=365)
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class DemoPki:
    """What is kept: three certificates and the keys of the two that go on working. PEM, keys unencrypted PKCS#8."""

    root: bytes
    intermediate: bytes
    intermediate_key: bytes
    stamping: bytes
    stamping_key: bytes

    @classmethod
    def make(cls, office: str, now: datetime) -> Self:
        root_key, issuing_key, stamping_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
        root_name = _name("Paraph demo, no legal force: kořen / root", office)
        issuing_name = _name("Paraph demo, no legal force: vydavatel / issuer", office)
        stamping_name = _name("Paraph demo, no legal force: časové razítko / time-stamp", office)
        root = _authority(root_name, root_key.public_key(), root_name, root_key, now, 20, path=1)
        issuing = _authority(issuing_name, issuing_key.public_key(), root_name, root_key, now, 15, path=0)
        stamping = _stamping(stamping_name, stamping_key.public_key(), issuing_name, issuing_key, now)
        return cls(
            root.public_bytes(Encoding.PEM),
            issuing.public_bytes(Encoding.PEM),
            _key_pem(issuing_key),
            stamping.public_bytes(Encoding.PEM),
            _key_pem(stamping_key),
        )

    @property
    def anchors(self) -> Anchors:
        return Anchors((_certificate(self.root),), (_certificate(self.intermediate),))

    def time_stamper(self, clock: Callable[[], datetime]) -> OwnTimeStamper:
        key = load_pem_private_key(self.stamping_key, None)
        return OwnTimeStamper(_certificate(self.stamping), (_certificate(self.intermediate),), key, clock)

    def issue(self, person: str, office: str, pin: str, now: datetime, days: int = 3 * 365) -> bytes:
        """A person's new key and certificate as PKCS#12 that the PIN opens."""
        key = rsa.generate_private_key(65537, 2048)
        return self.certify(key, person, office, pin, now, days)

    def certify(self, key: Key, person: str, office: str, pin: str, now: datetime, days: int) -> bytes:
        """The same for a key that exists."""
        issuer, issuer_key = _certificate(self.intermediate), load_pem_private_key(self.intermediate_key, None)
        if not isinstance(issuer_key, Key):
            raise TypeError("the issuing key is of a kind that was never made here")
        begin = min(now, now + timedelta(days=days)) - _DAY
        builder = _builder(_name(person, office), key.public_key(), issuer.subject, begin)
        signed = _finish(
            builder.not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(False, None), critical=True)
            .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True),
            issuer_key,
        )
        lock = BestAvailableEncryption(pin.encode())
        return pkcs12.serialize_key_and_certificates(person.encode(), key, signed, [issuer], lock)


def _name(common: str, office: str) -> x509.Name:
    parts = (
        (x509.NameOID.COUNTRY_NAME, "CZ"),
        (x509.NameOID.ORGANIZATION_NAME, _cut(office)),
        (x509.NameOID.ORGANIZATIONAL_UNIT_NAME, NO_FORCE),
        (x509.NameOID.COMMON_NAME, _cut(common)),
    )
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])


def _cut(text: str) -> str:
    """X.520 allows 64 letters; the library counts the bytes of UTF-8."""
    return text.encode()[:64].decode(errors="ignore")


def _authority(
    subject: x509.Name, key: CertificatePublicKeyTypes, issuer: x509.Name, by: Key, now: datetime, years: int, path: int
) -> x509.Certificate:
    builder = _builder(subject, key, issuer, now - _DAY).not_valid_after(now + years * _YEAR)
    builder = builder.add_extension(x509.BasicConstraints(True, path), critical=True)
    builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
    return _finish(builder, by)


def _stamping(
    subject: x509.Name, key: CertificatePublicKeyTypes, issuer: x509.Name, by: Key, now: datetime
) -> x509.Certificate:
    purpose = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.TIME_STAMPING])
    builder = _builder(subject, key, issuer, now - _DAY).not_valid_after(now + 10 * _YEAR)
    builder = builder.add_extension(x509.BasicConstraints(False, None), critical=True)
    builder = builder.add_extension(_usage(digital_signature=True), critical=True)
    # RFC 3161 § 2.3: this purpose alone, and critical.
    return _finish(builder.add_extension(purpose, critical=True), by)


def _builder(
    subject: x509.Name, key: CertificatePublicKeyTypes, issuer: x509.Name, begin: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(begin)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _finish(builder: x509.CertificateBuilder, by: Key) -> x509.Certificate:
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key())
    return builder.add_extension(issuer, critical=False).sign(by, SHA256())


_USES: Final = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def _usage(**wanted: bool) -> x509.KeyUsage:
    return x509.KeyUsage(**{use: wanted.get(use, False) for use in _USES})


def _certificate(pem: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem)


def _key_pem(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
