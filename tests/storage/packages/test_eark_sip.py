from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from review.errors import PackageFault, UnknownFormat
from storage.packages import archive, check
from storage.packages.formats import build
from tests.storage.packages.datasets import PDF, a_dataset
from tests.storage.packages.judges import commons_ip

NAME = "paraph-v1-1"


def test_commons_ip_finds_the_package_valid_without_a_warning(tmp_path: Path) -> None:
    report = commons_ip(
        build("eark-sip", a_dataset(reference="KULK 12345/2026/OK", supersedes="v0")).data, NAME, tmp_path
    )
    assert report["summary"]["result"] == "VALID", report
    assert (report["summary"]["errors"], report["summary"]["warnings"]) == (0, 0)


def test_commons_ip_finds_a_tampered_package_invalid(tmp_path: Path) -> None:
    def tamper(inside: dict[str, bytes]) -> None:
        inside["paraph-v1-1/representations/rep1/data/document.pdf"] += b"x"

    assert commons_ip(changed(tamper), NAME, tmp_path)["summary"]["result"] == "INVALID"


def changed(change: Callable[[dict[str, bytes]], None]) -> bytes:
    inside = archive.unpack(build("eark-sip", a_dataset()).data)
    change(inside)
    return archive.pack(inside, a_dataset().sealed)


def test_the_same_dataset_gives_the_same_bytes() -> None:
    assert build("eark-sip", a_dataset()).sha256 == build("eark-sip", a_dataset()).sha256
    later = replace(a_dataset(), sealed=a_dataset().sealed + timedelta(seconds=2))
    assert build("eark-sip", later).sha256 != build("eark-sip", a_dataset()).sha256


def test_the_document_is_inside_byte_for_byte() -> None:
    inside = archive.unpack(build("eark-sip", a_dataset()).data)
    assert inside["paraph-v1-1/representations/rep1/data/document.pdf"] == PDF


ROOT = "paraph-v1-1/"
PREMIS = ROOT + "metadata/preservation/premis.xml"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda inside: inside.pop(ROOT + "documentation/audit-extract.json"), "documentation/audit-extract.json"),
        (lambda inside: inside.update({ROOT + "documentation/x.json": b"{}"}), "documentation/x.json"),
        (lambda inside: inside.update({"elsewhere.txt": b""}), "elsewhere.txt"),
        (lambda inside: inside.update({PREMIS: inside[PREMIS] + b"<!-- -->"}), PREMIS.removeprefix(ROOT)),
        (lambda inside: inside.update({ROOT + "METS.xml": b"<mets/>"}), "METS.xml"),
        (lambda inside: inside.pop(ROOT + "METS.xml"), "METS.xml"),
        (lambda inside: inside.pop(ROOT + "representations/rep1/METS.xml"), "representations/rep1/METS.xml"),
    ],
)
def test_our_own_check_finds_what_is_wrong(change: Callable[[dict[str, bytes]], None], path: str) -> None:
    with pytest.raises(PackageFault) as found:
        check.accept("eark-sip", changed(change), a_dataset())
    assert found.value.path == path


def test_our_own_check_finds_another_document_than_the_one_handed_in() -> None:
    with pytest.raises(PackageFault):
        check.accept("eark-sip", build("eark-sip", a_dataset()).data, a_dataset(PDF + b"\n"))


def test_metadata_that_premis_does_not_allow_is_a_fault() -> None:
    wrong = replace(a_dataset().agents[0], id="person\n1", type="")
    with pytest.raises(PackageFault, match="premis"):
        build("eark-sip", replace(a_dataset(), agents=(wrong,), files=(), events=()))


def test_a_sign_that_xml_cannot_write_is_a_fault() -> None:
    with pytest.raises(PackageFault):
        build("eark-sip", a_dataset(title="bell \x07"))


def test_bytes_that_are_no_archive_are_a_fault() -> None:
    with pytest.raises(PackageFault):
        check.accept("eark-sip", b"nothing", a_dataset())


def test_a_format_that_is_not_built_here_is_unknown() -> None:
    with pytest.raises(UnknownFormat):
        build("nsesss-sip", a_dataset())
