"""The shared document of a draft. The only code that touches pycrdt (yrs), with `collab.document.reading`.

It is read as a content tree and edited as one: `become` changes what differs and nothing else, so that what others
write at the same time, and their comment marks, stay. Shape: y-prosemirror's, an XmlFragment whose elements are nodes,
with neighbouring texts in one XmlText. In yrs all text offsets are UTF-8 bytes and all numbers floats.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab.document.merging import TOGETHER, batches, guarded, merge
from collab.document.passage import block_of, replaced
from collab.document.reading import Reader, attributes_of, everything
from collab.document.shape import Part, attributes, grouped, mark_key, marks
from collab.document.wording import DEAR, changes
from collab.errors import PlaceLost, Unreadable
from collab.update import EMPTY, Range, read, read_vector
from review.content import EMPTY as BLANK
from review.content import Content, Node, Text, with_ids
from review.mending import Fault, Flaw, Mended, mended
from review.schema import schema
from review.signs import is_writable, written
from review.thread import Anchor

_Parent = XmlFragment | XmlElement
_Attributes = Mapping[str, Any]


def new_client() -> int:
    """A client id that nobody has: 32 random bits as Yjs makes them, never 0."""
    return secrets.randbelow(2**32 - 1) + 1


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document says; `faults` are those that were passed over, `flaws` the places of some of them."""

    content: Content
    faults: tuple[Fault, ...]
    flaws: tuple[Flaw, ...] = ()


class Draft:
    """One replica of a shared document. Updates must be applied in the order of the journal."""

    __slots__ = ("_body", "_doc", "_edits")

    def __init__(self, updates: Sequence[bytes] = (), client: int | None = None) -> None:
        """What was put into something that had been collected by then may not be read together with it: an update may
        name a sign as its parent where nobody could know any more that it was one. Then one after another.
        """
        self._edits: list[bytes] = []
        self._begin(client)
        try:
            self.apply(updates)
        except Unreadable:
            self._begin(client)
            self.apply(updates, together=1)

    def _begin(self, client: int | None) -> None:
        self._doc: Doc[Any] = Doc(client_id=client or new_client())
        self._body = self._doc.get(schema().root, type=XmlFragment)

    def apply(self, updates: Sequence[bytes], together: int = TOGETHER) -> None:
        with guarded():
            for batch in batches(updates, together):
                self._doc.apply_update(merge(batch))

    @property
    def vector(self) -> bytes:
        return self._doc.get_state()

    def clocks(self) -> dict[int, int]:
        """How many clocks of each client are in the document."""
        return read_vector(self.vector)

    def since(self, vector: bytes = b"\x00") -> bytes:
        """What a replica with this state vector lacks. Raises `Malformed` for a vector that lies about its size."""
        read_vector(vector)
        with guarded():
            return self._doc.get_update(vector)

    def deletions(self) -> Sequence[Range]:
        """Everything ever deleted."""
        return read(self.since(self.vector)).deletions

    def edits(self) -> list[bytes]:
        """What was edited here, one update a step."""
        return [edit for edit in self._edits if edit != EMPTY]

    @contextmanager
    def _editing(self) -> Iterator[None]:
        """One step. The library never lets go of a document that is still observed."""
        subscription = self._doc.observe(lambda event: self._edits.append(event.update))
        try:
            with guarded(), self._doc.transaction():
                yield
        finally:
            self._doc.unobserve(subscription)

    # As content ------------------------------------------------------------------------------------------------

    def content(self) -> Content:
        """The content tree, read otherwise than it stands where the schema does not allow that."""
        return self.reading().content

    def reading(self) -> Reading:
        """The content tree and what had to be read otherwise than it stands."""
        reader = Reader()
        with guarded(), self._doc.transaction():
            nodes = reader.read(self._body)
        found = mended({"type": "doc", "content": nodes}) if nodes else Mended(BLANK)
        return Reading(found.content, tuple(dict.fromkeys([*reader.faults, *found.faults])), found.flaws)

    def fingerprint(self) -> str:
        """SHA-256 of all that it says, whether the schema allows it or not."""
        with guarded(), self._doc.transaction():
            said = json.dumps(list(everything(self._body)), sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

    def ids(self) -> list[str | None]:
        """Those of all elements in reading order."""
        with guarded(), self._doc.transaction():
            return [element.attributes.get("id") for element in _elements(self._body)]

    def become(self, content: Content) -> None:
        """Edit the document until it says this."""
        with self._editing():
            _reconcile(self._body, content.nodes)

    def mend(self) -> bool:
        """Leave only what the schema allows, every block with an id of its own. Whether anything was to be done."""
        reading = self.reading()
        if broken := bool(set(reading.faults) - {Fault.SAME_ID}):
            self.become(reading.content)
        return self._give_ids(reading.content) or broken

    def _give_ids(self, found: Content) -> bool:
        given = with_ids(found)
        if given == found:
            return False
        if found is BLANK:
            self.become(given)
            return True
        with self._editing():
            for element, node in zip(_elements(self._body), given.walk(), strict=True):
                if node.id is not None and element.attributes.get("id") != node.id:
                    element.attributes["id"] = node.id
        return True

    # Passages --------------------------------------------------------------------------------------------------

    def mark_comment(self, anchor: Anchor, comment: str) -> None:
        """Lay a comment's mark on a passage. Raises `PlaceLost`."""
        key, attrs = mark_key("comment", {"id": comment}), {"id": comment}
        with self._editing():
            element = self._block(anchor.block)
            for text, start, end in _texts(element, anchor.start, anchor.end):
                text.format(start, end, {key: attrs})

    def unmark_comment(self, comment: str) -> None:
        """Take a comment's mark away wherever it lies."""
        key = mark_key("comment", {"id": comment})
        with self._editing():
            for element in _elements(self._body):
                for text in (child for child in element.children if isinstance(child, XmlText)):
                    _unmark(text, key)

    def replace_passage(self, anchor: Anchor, wording: str) -> None:
        """Put other words in a passage's place; words that stay keep their marks. Raises `PlaceLost`."""
        content = self.content()
        block = replaced(block_of(content, anchor.block), anchor.start, anchor.end, wording)
        with self._editing():
            _reconcile(self._block(anchor.block), block.content)

    def _block(self, id: str) -> XmlElement:
        for element in _elements(self._body):
            if element.attributes.get("id") == id:
                return element
        raise PlaceLost(id)


# Reading -------------------------------------------------------------------------------------------------------


def _elements(parent: _Parent) -> Iterator[XmlElement]:
    """Every element in reading order, parents first."""
    stack = list(reversed(list(parent.children)))
    while stack:
        child = stack.pop()
        if isinstance(child, XmlElement):
            yield child
            stack.extend(reversed(list(child.children)))


def _texts(block: XmlElement, start: int, end: int) -> Iterator[tuple[XmlText, int, int]]:
    """The texts that a passage lies in, each with its share in bytes. Offsets are code points of the block."""
    at = 0
    for child in block.children:
        if not isinstance(child, XmlText):
            at += 1
            continue
        plain = "".join(run for run, _ in child.diff() if isinstance(run, str))
        size = len(written(plain))
        low, high = max(start - at, 0), min(end - at, size)
        if low < high:
            yield child, _bytes_before(plain, low), _bytes_before(plain, high)
        at += size


def _bytes_before(plain: str, at: int) -> int:
    """Of the first `at` signs of a text as content tells it, which leaves out what cannot be written."""
    if not is_writable(plain):
        at = [n for n, sign in enumerate(plain) if is_writable(sign)][at - 1] + 1 if at else 0
    return len(plain[:at].encode())


def _unmark(text: XmlText, key: str) -> None:
    at = 0
    for run, attrs in text.diff():
        size = len(run.encode()) if isinstance(run, str) else 1
        if attrs and key in attrs:
            text.format(at, at + size, {key: None})
        at += size


# Writing -------------------------------------------------------------------------------------------------------


_Key = tuple[str, object]
"""Type and id."""


def _key_of(child: XmlElement | XmlText | XmlFragment) -> _Key:
    return (str(child.tag), child.attributes.get("id")) if isinstance(child, XmlElement) else ("", None)


def _wanted_key(part: Part) -> _Key:
    return (part.type, part.id) if isinstance(part, Node) else ("", None)


def _reconcile(parent: _Parent, parts: Sequence[Node | Text]) -> None:
    """Make the children of `parent` say what `parts` say. Children are known again by type and id.

    The last goes first, always to the same place: the library counts its way there from the first child.
    """
    wanted, there = grouped(parts), list(parent.children)
    for step, low, high, from_, upto in reversed(_steps([*map(_key_of, there)], [*map(_wanted_key, wanted)])):
        if step == "equal":
            for child, part in zip(there[low:high], wanted[from_:upto], strict=True):
                _update(child, part)
            continue
        if high > low:
            del parent.children[low:high]
        for part in reversed(wanted[from_:upto]):
            _insert(parent, low, part)


def _steps(there: Sequence[_Key], wanted: Sequence[_Key]) -> Sequence[tuple[str, int, int, int, int]]:
    """What to keep, to take away and to put in. Comparing many that are alike would take their square."""
    if len(there) * len(wanted) > DEAR:
        there, wanted = _numbered(there), _numbered(wanted)
    return SequenceMatcher(None, there, wanted, autojunk=False).get_opcodes()


def _numbered(keys: Sequence[_Key]) -> Sequence[_Key]:
    """Each told apart from those before it that are alike."""
    seen: Counter[_Key] = Counter()
    numbered: list[_Key] = []
    for key in keys:
        numbered.append((key[0], (key[1], seen[key])))
        seen[key] += 1
    return numbered


def _update(child: XmlElement | XmlText | XmlFragment, part: Part) -> None:
    if isinstance(child, XmlText) and isinstance(part, tuple):
        _update_text(child, part)
    elif isinstance(child, XmlElement) and isinstance(part, Node):
        _update_attributes(child, attributes(part))
        _reconcile(child, part.content)


def _update_attributes(element: XmlElement, wanted: _Attributes) -> None:
    there = attributes_of(element)
    for name, value in wanted.items():
        if there.get(name) != value:
            element.attributes[name] = value
    for name in there.keys() - wanted.keys():
        del element.attributes[name]


def _insert(parent: _Parent, at: int, part: Part) -> None:
    if isinstance(part, tuple):
        text = parent.children.insert(at, XmlText())
        _append_runs(text, part)
        return
    element = parent.children.insert(at, XmlElement(part.type, attributes(part)))
    for child in reversed(grouped(part.content)):
        _insert(element, 0, child)


def _append_runs(text: XmlText, runs: Sequence[Text]) -> None:
    at = 0
    for run in runs:
        text.insert(at, run.text, marks(run.marks))
        at += len(run.text.encode())


def _update_text(text: XmlText, runs: Sequence[Text]) -> None:
    """Change only the words that differ, then the marks that differ."""
    old = "".join(run for run, _ in text.diff() if isinstance(run, str))
    for start, end, words in changes(old, "".join(run.text for run in runs)):
        low, high = len(old[:start].encode()), len(old[:end].encode())
        if high > low:
            del text[low:high]
        if words:
            text.insert(low, words)
    _update_marks(text, runs)


def _update_marks(text: XmlText, runs: Sequence[Text]) -> None:
    there = [(len(run.encode()), attrs or {}) for run, attrs in text.diff() if isinstance(run, str)]
    wanted = [(len(run.text.encode()), marks(run.marks)) for run in runs]
    for low, high, old, new in _overlaps(there, wanted):
        change = {key: value for key, value in new.items() if old.get(key) != value}
        change |= dict.fromkeys(old.keys() - new.keys())
        if change:
            text.format(low, high, change)


def _overlaps(
    there: Sequence[tuple[int, _Attributes]], wanted: Sequence[tuple[int, _Attributes]]
) -> Iterator[tuple[int, int, _Attributes, _Attributes]]:
    """Two divisions of the same text as one: start, end, what is there, what is wanted."""
    at, (i, j), (left, right) = 0, (0, 0), (0, 0)
    while i < len(there) and j < len(wanted):
        step = min(there[i][0] - left, wanted[j][0] - right)
        yield at, at + step, there[i][1], wanted[j][1]
        at, left, right = at + step, left + step, right + step
        if left == there[i][0]:
            i, left = i + 1, 0
        if right == wanted[j][0]:
            j, right = j + 1, 0
