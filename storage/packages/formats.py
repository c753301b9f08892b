"""The formats an office can offer, in the order it prefers them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from review.dataset import Dataset, Package
from review.errors import PackageFault, UnknownFormat
from storage.packages import bag, check, eark_sip


@dataclass(frozen=True, slots=True)
class Format:
    """`specification` is what the outside knows it by."""

    name: str
    specification: str
    build: Callable[[Dataset], bytes]


FORMATS: Mapping[str, Format] = {
    "eark-sip": Format("eark-sip", "E-ARK SIP 2.2.0", eark_sip.build),
    "bagit": Format("bagit", "BagIt 1.0 (RFC 8493)", bag.build),
}


@dataclass(frozen=True, slots=True)
class PackageBuilder:
    """The packer that the server works with."""

    @property
    def formats(self) -> Mapping[str, str]:
        return {name: format.specification for name, format in FORMATS.items()}

    def pack(self, format: str, dataset: Dataset) -> Package:
        return build(format, dataset)


def build(name: str, dataset: Dataset) -> Package:
    """Builds and checks. Raises `UnknownFormat`, or `PackageFault` when our own check finds it wrong."""
    if name not in FORMATS:
        raise UnknownFormat(name)
    try:
        data = FORMATS[name].build(dataset)
    except ValueError as unwritable:  # a control character that XML has no way to write
        raise PackageFault("", str(unwritable)) from unwritable
    check.accept(name, data, dataset)
    return Package(name, f"{dataset.id}.{name}.zip", data, hashlib.sha256(data).hexdigest())
