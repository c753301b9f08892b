from __future__ import annotations

import pytest

from review.schema import Attribute, schema

HOLDERS = {name: kind.attrs for name, kind in schema().nodes.items()} | {
    name: kind.attrs for name, kind in schema().marks.items()
}
ATTRIBUTES = [(kind, name, attribute) for kind, attrs in HOLDERS.items() for name, attribute in attrs.items()]
BEYOND: list[object] = [2**62, -(2**62), 1e300, float("nan"), "x" * 100_000, [1] * 1000, [2**60], {}, b"x"]


@pytest.mark.parametrize(("kind", "name", "attribute"), ATTRIBUTES)
def test_every_attribute_has_its_bounds(kind: str, name: str, attribute: Attribute) -> None:
    """Whatever a browser or a program writes there, nobody's memory depends on it."""
    for value in BEYOND:
        assert not attribute.accepts(value), f"{kind}.{name} takes {value!r}"


@pytest.mark.parametrize("value", [True, 1.0, "1"])
def test_a_whole_number_is_nothing_else(value: object) -> None:
    assert not schema().nodes["heading"].attrs["level"].accepts(value)
    assert not schema().nodes["tableCell"].attrs["colspan"].accepts(value)


SAFE = [
    "https://a.test/x",
    "HTTP://A",
    "mailto:a@b",
    "tel:+420",
    "#čl3",
    "/api/v1/blobs/0",
    " https://a.test",
    "ht\ntps://a",
]
DANGEROUS = ["javascript:alert(1)", " javascript:x", "java\nscript:x", "\x00javascript:x", "data:text/html,x",
             "//evil.test", "/\\evil.test", "vbscript:x", "file:///etc", "", "bez schématu"]  # fmt: skip


@pytest.mark.parametrize("address", SAFE)
def test_links_lead_to_the_web_to_mail_and_within(address: str) -> None:
    assert schema().marks["link"].attrs["href"].accepts(address)


@pytest.mark.parametrize("address", DANGEROUS)
def test_links_lead_nowhere_else(address: str) -> None:
    assert not schema().marks["link"].attrs["href"].accepts(address)
