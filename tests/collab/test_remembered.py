from __future__ import annotations

from collab.drafts.remembered import Remembered


def test_a_finding_holds_for_the_entry_it_was_found_at() -> None:
    found: Remembered[str] = Remembered(2)
    found.put("d", 3, "tři")
    assert found.get("d", 3) == "tři"
    assert found.get("d", 4) is None
    found.put("d", 4, "čtyři")
    assert found.get("d", 3) is None
    assert found.get("d", 4) == "čtyři"


def test_what_nobody_asked_for_the_longest_goes_first() -> None:
    found: Remembered[str] = Remembered(10)
    found.put("a", 1, "a", 4)
    found.put("b", 1, "b", 4)
    found.get("a", 1)
    found.put("c", 1, "c", 4)
    assert [found.get(name, 1) for name in "abc"] == ["a", None, "c"]
    found.put("a", 2, "lehčí", 1)
    found.put("d", 1, "d", 4)
    assert [found.get(name, 1) for name in "cd"] == ["c", "d"]
    assert found.get("a", 2) == "lehčí"


def test_what_alone_weighs_too_much_is_not_kept_and_drives_nothing_out() -> None:
    found: Remembered[str] = Remembered(10)
    found.put("a", 1, "a", 6)
    found.put("b", 1, "b", 11)
    assert [found.get(name, 1) for name in "ab"] == ["a", None]
