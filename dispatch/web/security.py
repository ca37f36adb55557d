"""Headers that every reply carries, and the content security policy with its nonce."""

import secrets
from collections.abc import Sequence

from flask import Flask, Response, g, request

_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; "
    "img-src 'self' data: blob:{pictures}; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def init(app: Flask, *, https: bool, pictures_from: Sequence[str] = ()) -> None:
    """Set the headers on every reply of the application. `pictures_from`: hosts whose pictures pages may show."""
    pictures = "".join(f" {origin}" for origin in pictures_from)

    @app.before_request
    def _nonce() -> None:
        g.csp_nonce = secrets.token_urlsafe(16)

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        nonce = g.get("csp_nonce", secrets.token_urlsafe(16))
        headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=nonce, pictures=pictures))
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=()"
        if https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.endpoint != "static":
            headers.setdefault("Cache-Control", "no-store")
        elif "v" not in request.args:  # a module that another one imports: its address stays when its content changes
            headers["Cache-Control"] = "no-cache"
        return response
