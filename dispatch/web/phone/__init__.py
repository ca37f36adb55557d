"""What makes the driver's pages an app on the phone: its worker, its manifest, who it belongs to, and push messages."""

from flask import Blueprint

blueprint = Blueprint("phone", __name__)

from dispatch.web.phone import pushing, shell  # noqa: E402 - they register on the blueprint

__all__ = ["blueprint", "pushing", "shell"]
