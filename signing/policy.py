"""What may be added to an issued document after a signature: signatures in the places made for them, invisible
signature fields, time-stamps and validation data. Nothing that anybody could see or read.

Stricter than pyHanko's default, which lets pass filled forms and new visible fields (measured; docs/decisions).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DocInfoRule,
    DSSCompareRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
    XrefStreamRule,
)
from pyhanko.sign.diff_analysis.form_rules_api import FieldComparisonContext, FormUpdate, FormUpdatingRule

_ALWAYS: Final = ModificationLevel.LTA_UPDATES


class InvisibleFieldsOnly(SigFieldCreationRule):
    """A signature field made after a signature must not show: nobody could have placed and tagged it in time."""

    def __init__(self) -> None:
        SigFieldCreationRule.__init__(self, allow_new_visible_after_certify=False)

    def apply(self, context: FieldComparisonContext) -> Iterable[tuple[ModificationLevel, FormUpdate]]:
        for level, update in super().apply(context):
            if not update.valid_when_certifying:
                raise SuspiciousModification("a visible signature field was added after signing")
            yield level, update


ISSUED: Final = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),
        DocInfoRule().as_qualified(_ALWAYS),
        XrefStreamRule().as_qualified(_ALWAYS),
        ObjectStreamRule().as_qualified(_ALWAYS),
        DSSCompareRule().as_qualified(_ALWAYS),
        MetadataUpdateRule().as_qualified(_ALWAYS),
    ],
    form_rule=FormUpdatingRule(field_rules=[InvisibleFieldsOnly(), SigFieldModificationRule()]),
)
