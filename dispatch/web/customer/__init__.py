"""The customer's link, and verifying a document: no account needed."""

from flask import Blueprint

blueprint = Blueprint("customer", __name__)

from dispatch.web.customer import badge, link, live, own_data, reading, sign, verify, words  # noqa: E402 - they register on the blueprint

__all__ = ["badge", "blueprint", "link", "live", "own_data", "reading", "sign", "verify", "words"]
