"""The way in: first set-up, signing in and out, one's own account, language, health."""

from flask import Blueprint

blueprint = Blueprint("auth", __name__)

from dispatch.web.auth import account, assessment, health, setup, signing_in  # noqa: E402 - they register on the blueprint

__all__ = ["account", "assessment", "blueprint", "health", "setup", "signing_in"]
