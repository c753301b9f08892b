from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from review.errors import PackageFault
from storage.packages import archive, check
from storage.packages.formats import build
from tests.storage.packages.datasets import PDF, a_dataset
from tests.storage.packages.judges import unpacked_bag

NAME = "paraph-v1-1"

ROOT = "paraph-v1-1/"


def test_bagit_finds_the_bag_valid(tmp_path: Path) -> None:
    bag = unpacked_bag(build("bagit", a_dataset(reference="KULK 12345/2026/OK")).data, NAME, tmp_path)
    bag.validate()
    assert bag.info["External-Identifier"] == "KULK 12345/2026/OK"
    assert (tmp_path / "paraph-v1-1/data/document.pdf").read_bytes() == PDF


def test_bagit_finds_a_tampered_bag_invalid(tmp_path: Path) -> None:
    bag = unpacked_bag(build("bagit", a_dataset()).data, NAME, tmp_path)
    (tmp_path / "paraph-v1-1/data/content.json").write_bytes(b"{}")
    assert not bag.is_valid()


def test_the_same_dataset_gives_the_same_bytes() -> None:
    assert build("bagit", a_dataset()).data == build("bagit", a_dataset()).data


def test_a_line_break_in_a_title_begins_no_field_of_its_own(tmp_path: Path) -> None:
    bag = unpacked_bag(build("bagit", a_dataset(title="One\nPayload-Oxum: 1.1")).data, NAME, tmp_path)
    bag.validate()
    assert bag.info["External-Description"] == "One Payload-Oxum: 1.1"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda inside: inside.pop(ROOT + "data/content.json"), "manifest-sha256.txt"),
        (lambda inside: inside.update({ROOT + "data/more.txt": b""}), "manifest-sha256.txt"),
        (lambda inside: inside.update({ROOT + "bag-info.txt": b""}), "tagmanifest-sha256.txt"),
        (lambda inside: inside.pop(ROOT + "manifest-sha512.txt"), "tagmanifest-sha256.txt"),
    ],
)
def test_our_own_check_finds_what_is_wrong(change: Callable[[dict[str, bytes]], None], path: str) -> None:
    inside = archive.unpack(build("bagit", a_dataset()).data)
    change(inside)
    with pytest.raises(PackageFault) as found:
        check.accept("bagit", archive.pack(inside, a_dataset().sealed), a_dataset())
    assert found.value.path == path


def test_our_own_check_finds_another_document_than_the_one_handed_in() -> None:
    dataset = a_dataset()
    with pytest.raises(PackageFault):
        check.accept("bagit", build("bagit", dataset).data, replace(dataset, files=a_dataset(PDF + b"\n").files))
