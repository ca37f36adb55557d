"""A drawn signature as a form carries it."""

import json
from typing import Any

from flask import request

from dispatch.domain.errors import N_, Invalid


def strokes(field: str = "signature") -> dict[str, Any]:
    """What was drawn. Raises Invalid when the box is empty or was tampered with."""
    try:
        drawn = json.loads(request.form.get(field) or "{}")
    except json.JSONDecodeError:
        drawn = {}
    if not isinstance(drawn, dict) or not drawn.get("strokes"):
        raise Invalid("signature_empty", N_("Please sign in the box"), field=field)
    return {name: drawn.get(name) for name in ("strokes", "width", "height")}
