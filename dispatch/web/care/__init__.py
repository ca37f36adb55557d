"""Customer service: today's callbacks, and complaints."""

from flask import Blueprint

blueprint = Blueprint("care", __name__, url_prefix="/care")

from dispatch.web.care import agreement, callbacks, case, complaints, customers, dialling, live  # noqa: E402 - they register on the blueprint

__all__ = ["agreement", "blueprint", "callbacks", "case", "complaints", "customers", "dialling", "live"]
