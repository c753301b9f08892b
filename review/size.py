"""How long a document may be: one that is brought whole is bounded, so that reading it stays quick for everybody."""

from __future__ import annotations

from review.content import Content, Text
from review.errors import ContentTooLarge

MOST_NODES, MOST_SIGNS = 20_000, 2_000_000
"""Paragraphs, cells and other nodes; signs of text. A page of prose has about 25 and 2,500."""


def of_bounded_size(content: Content) -> Content:
    """The content. Raises `ContentTooLarge`."""
    signs = 0
    for nodes, node in enumerate(content.walk(), 1):
        signs += sum(len(part.text) for part in node.content if isinstance(part, Text))
        if nodes > MOST_NODES or signs > MOST_SIGNS:
            raise ContentTooLarge(MOST_NODES, MOST_SIGNS)
    return content
