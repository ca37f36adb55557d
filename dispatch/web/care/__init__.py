"""Customer service: today's callbacks, and complaints."""

from flask import Blueprint

blueprint = Blueprint("care", __name__, url_prefix="/care")

from dispatch.web.care import (  # noqa: E402 - they register on the blueprint
    agreement,
    callbacks,
    case,
    complaints,
    consents,
    customers,
    dialling,
    live,
)

__all__ = ["agreement", "blueprint", "callbacks", "case", "complaints", "consents", "customers", "dialling", "live"]
