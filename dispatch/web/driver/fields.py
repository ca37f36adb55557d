"""Which field of a driver's form a rule speaks of, so that its message stands beside what was typed."""

from dataclasses import replace

from flask import request

from dispatch.domain.errors import DomainError, Invalid
from dispatch.web.formstate import FormState

_NAMED = {
    "signature.name": "signer_name",
    "signature.relation": "relation",
    "signature.signer": "signer",
    "fee_fen": "fee",
    "refusal_fee": "fee",
}
_GROUPED = {
    "safety": "safety_",
    "insurance": "seen_",
    "insurance_seen": "seen_",
    "insurers": "insurer_",
    "insurance_until": "until_",
    "checklist": "check_",
}
_OF_A_PANEL = {"note": "note_", "photo_ids": "photo_"}


def field_of(name: str) -> str:
    """The form's field for a rule's: 'panels.roof' -> 'panel_roof', 'signature.name' -> 'signer_name'."""
    if name in _NAMED:
        return _NAMED[name]
    group, _, member = name.partition(".")
    if group == "panels" and member:
        panel, _, part = member.partition(".")
        return _OF_A_PANEL.get(part.partition(".")[0], "panel_") + panel
    if group in _GROUPED and member:
        return _GROUPED[group] + member.partition(".")[0]
    return group


def typed(error: DomainError) -> FormState:
    """The form as it was sent, with the objection beside the field that it is about."""
    about = field_of(error.field or "") if isinstance(error, Invalid) else ""
    return replace(FormState.typed(request.form), errors={about: error})
