from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from signing.cms import sign, verifies
from signing.credentials import describe, describe_pkcs12, open_pkcs12
from signing.errors import (
    BadCredential,
    CertificateExpired,
    CertificateNotYet,
    CertificateUntrusted,
    StampingRefused,
    WrongPin,
)
from signing.pki import NO_FORCE, DemoPki
from signing.timestamps import read_token, sha256
from signing.trust import name, read_certificate
from tests.signing.office import NOW, OFFICE, PIN, pki


def store(days: int = 100) -> bytes:
    return pki().certify(ec.generate_private_key(ec.SECP256R1()), "Jana Nováková", OFFICE, PIN, NOW, days)


def test_the_right_pin_opens_a_key_that_signs() -> None:
    opened = open_pkcs12(store(), PIN, pki().anchors, NOW)
    value = opened.sign_all([b"message"])[0]
    assert verifies(opened.certificate.public_key(), b"message", value)
    assert not verifies(opened.certificate.public_key(), b"massage", value)
    assert not verifies(opened.certificate.public_key(), b"message", b"")


def test_a_wrong_pin_is_told_from_a_file_that_is_no_key_store() -> None:
    with pytest.raises(WrongPin):
        open_pkcs12(store(), "4321", pki().anchors, NOW)
    for data in (b"", b"%PDF-1.7", store()[:100]):
        with pytest.raises(BadCredential):
            open_pkcs12(data, PIN, pki().anchors, NOW)


def test_an_expired_certificate_does_not_sign() -> None:
    with pytest.raises(CertificateExpired) as refused:
        open_pkcs12(store(days=1), PIN, pki().anchors, NOW + timedelta(days=2))
    assert refused.value.subject == "Jana Nováková"


def test_a_certificate_of_tomorrow_does_not_sign_today() -> None:
    with pytest.raises(CertificateNotYet):
        open_pkcs12(store(), PIN, pki().anchors, NOW - timedelta(days=3))


def test_a_certificate_of_somebody_elses_office_is_not_trusted() -> None:
    foreign = DemoPki.make(OFFICE, NOW).issue("Jana Nováková", OFFICE, PIN, NOW)
    with pytest.raises(CertificateUntrusted):
        open_pkcs12(foreign, PIN, pki().anchors, NOW)


def test_a_weak_key_does_not_sign() -> None:
    weak = rsa.generate_private_key(65537, 1024)
    with pytest.raises(BadCredential):
        open_pkcs12(pki().certify(weak, "Jana Nováková", OFFICE, PIN, NOW, 10), PIN, pki().anchors, NOW)


def test_a_credential_says_that_it_has_no_legal_force() -> None:
    told = describe_pkcs12(store(), PIN, pki().anchors, NOW)
    assert told.subject == "Jana Nováková"
    assert "no legal force" in told.issuer
    assert NO_FORCE in pki().anchors.roots[0].subject.rfc4514_string()


def test_a_time_stamp_of_a_foreign_authority_is_not_trusted() -> None:
    foreign = DemoPki.make(OFFICE, NOW).time_stamper(lambda: NOW)
    assert not read_token(foreign.stamp(sha256(b"x")), sha256(b"x"), pki().anchors).trusted


@pytest.mark.filterwarnings("ignore:Parsed a serial number which wasn.t positive")
def test_no_bent_time_stamp_is_believed() -> None:
    token = pki().time_stamper(lambda: NOW).stamp(sha256(b"x"))
    with pytest.raises(StampingRefused):
        read_token(token, sha256(b"y"), pki().anchors)
    believed = 0
    for at in range(len(token)):
        bent = token[:at] + bytes([token[at] ^ 1 << at % 8]) + token[at + 1 :]
        try:
            read = read_token(bent, sha256(b"x"), pki().anchors)
        except StampingRefused:
            continue
        believed += read.trusted and read.at != NOW
    assert believed == 0


@pytest.mark.filterwarnings("ignore:Parsed a serial number which wasn.t positive")
def test_a_certificate_is_read_whole_or_not_at_all() -> None:
    der = pki().anchors.intermediates[0].public_bytes(Encoding.DER)
    assert name(read_certificate(der)).endswith("vydavatel / issuer")
    refused = 0
    for at in range(len(der)):
        try:
            bent = read_certificate(der[:at] + bytes([der[at] ^ 1 << at % 8]) + der[at + 1 :])
        except BadCredential:
            refused += 1
            continue
        describe(bent)
        assert pki().anchors.roots[0] != bent
    assert refused > len(der) // 20


def test_a_lapsed_stamping_certificate_stamps_nothing() -> None:
    with pytest.raises(StampingRefused):
        pki().time_stamper(lambda: NOW + timedelta(days=5000)).stamp(sha256(b"x"))


def test_a_key_of_another_kind_signs_nothing() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    with pytest.raises(BadCredential):
        sign(Ed25519PrivateKey.generate(), b"x")
