from __future__ import annotations

import io
import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from signing.cms import Algorithm
from signing.credentials import open_pkcs12
from signing.errors import WrongSignature
from signing.fields import place_fields
from signing.sealing import Act, Failed, Order, Pending, Sealed, finish_all, prepare_all, seal_all
from signing.timestamps import read_token, sha256
from signing.verification import Verdict, verify
from tests.signing.office import NOW, OFFICE, PIN, Hand, hand, pages, pki, signed_once, signed_twice, unsigned


def holes(pdf: bytes) -> list[tuple[bytes, bytes]]:
    """Of every signature, what it covers and its container."""
    found = []
    for match in re.finditer(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", pdf):
        first, second, rest = (int(number) for number in match.groups())
        value = bytes.fromhex(pdf[first + 1 : second - 1].decode())
        found.append((pdf[:first] + pdf[second : second + rest], _trimmed(value)))
    return found


def _trimmed(der: bytes) -> bytes:
    size = 2 + (der[1] & 0x7F)
    return der[: size + int.from_bytes(der[2:size], "big")]


def pyhanko_says(pdf: bytes) -> list[str]:
    roots = [asn1_x509.Certificate.load(pem.unarmor(pki().anchors.pem)[2])]
    one, two = (ValidationContext(trust_roots=roots, moment=NOW) for _ in range(2))
    signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return [validate_pdf_signature(signature, one, two).summary() for signature in signatures]


def test_pyhankos_validator_trusts_both_signatures() -> None:
    first, second = pyhanko_says(signed_twice())
    assert first.startswith("INTACT:TRUSTED")
    assert second == "INTACT:TRUSTED,TIMESTAMP_TOKEN<INTACT:TRUSTED>,UNTOUCHED"


def test_openssl_verifies_the_containers_against_the_office_root(tmp_path: Path) -> None:
    root = tmp_path / "root.pem"
    root.write_bytes(pki().anchors.pem)
    for at, (covered, container) in enumerate(holes(signed_twice())):
        data, signature = tmp_path / f"{at}.data", tmp_path / f"{at}.der"
        data.write_bytes(covered)
        signature.write_bytes(container)
        command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(signature)]
        command += ["-content", str(data), "-CAfile", str(root), "-purpose", "any", "-cades", "-out", "/dev/null"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_openssl_verifies_our_time_stamps(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(pki().anchors.pem)
    (tmp_path / "issuer.pem").write_bytes(pki().intermediate)
    (tmp_path / "token.der").write_bytes(pki().time_stamper(lambda: NOW).stamp(sha256(b"content")))
    (tmp_path / "content").write_bytes(b"content")
    command = ["openssl", "ts", "-verify", "-token_in", "-in", "token.der", "-data", "content"]
    done = subprocess.run(
        [*command, "-CAfile", "root.pem", "-untrusted", "issuer.pem"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Verification: OK" in done.stdout, done.stderr


def test_pdfsig_finds_both_signatures_valid(tmp_path: Path) -> None:
    (tmp_path / "signed.pdf").write_bytes(signed_twice())
    told = subprocess.run(
        ["pdfsig", "-nocert", "signed.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False
    ).stdout
    assert told.count("Signature is Valid") == 2
    assert told.count("ETSI.CAdES.detached") == 2
    assert "Total document signed" in told


def test_a_signature_leaves_every_earlier_byte_as_it_was() -> None:
    assert signed_once().startswith(unsigned())
    assert signed_twice().startswith(signed_once())


def test_an_elliptic_key_signs_by_the_same_path() -> None:
    store = pki().certify(ec.generate_private_key(ec.SECP256R1()), "Karel Malý", OFFICE, PIN, NOW, 100)
    person = Hand("Karel Malý", open_pkcs12(store, PIN, pki().anchors, NOW))
    assert person.act().container.algorithm is Algorithm.ECDSA
    assert pyhanko_says(person.sign(unsigned(), "Podpis1", "B-T"))[0].startswith("INTACT:TRUSTED")


def test_a_field_without_a_place_is_signed_too() -> None:
    made = pages()
    prepared = place_fields(made.pdf, made.rooms, ["Podpis3", "Podpis4"])
    signed = hand("Petr Dvořák").sign(hand("Jana Nováková").sign(prepared, "Podpis4"), "Podpis1")
    assert [summary.startswith("INTACT:TRUSTED") for summary in pyhanko_says(signed)] == [True, True]
    assert verify(signed, pki().anchors, NOW).verdict is Verdict.VALID


def test_each_document_of_an_act_has_an_outcome_of_its_own() -> None:
    person = hand("Jana Nováková")
    orders = [
        Order("good", unsigned(), "Podpis1"),
        Order("taken", signed_once(), "Podpis1"),
        Order("nowhere", unsigned(), "Podpis9"),
        Order("broken", b"no PDF", "Podpis1"),
        Order("also good", signed_once(), "Podpis2"),
    ]
    outcomes = {outcome.id: outcome for outcome in seal_all(person.act(), person.key, orders)}
    codes = {id: outcome.code for id, outcome in outcomes.items() if isinstance(outcome, Failed)}
    assert codes == {"taken": "field_taken", "nowhere": "no_such_field", "broken": "truncated"}
    assert {id for id, outcome in outcomes.items() if isinstance(outcome, Sealed)} == {"good", "also good"}


def pending(person: Hand, act: Act) -> Pending:
    return prepare_all(act, [Order("one", unsigned(), "Podpis1")])[0][0]


def test_a_prepared_signature_survives_days_and_processes_as_json() -> None:
    person = hand("Jana Nováková")
    act = person.act()
    kept = json.dumps(pending(person, act).dump())
    assert len(kept) < 30_000
    again = Pending.load(json.loads(kept))
    value = person.key.sign_all([again.to_sign])[0]
    finished = next(iter(finish_all(person.act(), [(unsigned(), again, value)])))
    assert isinstance(finished, Sealed)
    assert pyhanko_says(finished.pdf)[0].startswith("INTACT:TRUSTED")


def test_a_wrong_signature_value_is_refused_before_anything_is_made() -> None:
    act, other = hand("Jana Nováková").act(), hand("Petr Dvořák")
    waiting = pending(other, act)
    value = other.key.sign_all([waiting.to_sign])[0]
    with pytest.raises(WrongSignature):
        act.finish(unsigned(), waiting, value)


def test_other_bytes_than_the_prepared_are_never_completed() -> None:
    person = hand("Jana Nováková")
    act = person.act()
    waiting = pending(person, act)
    value = person.key.sign_all([waiting.to_sign])[0]
    tail = waiting.revision.tail.replace(b"/M (D:", b"/M (E:")
    changed = replace(waiting, revision=replace(waiting.revision, tail=tail))
    for pdf, one in ((unsigned()[:-1] + b" ", waiting), (unsigned(), changed)):
        outcome = next(iter(finish_all(act, [(pdf, one, value)])))
        assert isinstance(outcome, Failed)
        assert outcome.code == "unreadable_pdf"


def test_a_time_stamp_tells_its_moment_and_is_bound_to_what_it_stamps() -> None:
    stamper = pki().time_stamper(lambda: NOW)
    stamped = read_token(stamper.stamp(sha256(b"one")), sha256(b"one"), pki().anchors)
    assert stamped.at == NOW
    assert stamped.trusted
