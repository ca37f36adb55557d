"""The API's own description: OpenAPI 3.1, the same document as docs/openapi.json."""

from typing import Any

from flask import Flask, Response, current_app, json

from dispatch.domain.roles import Permission
from dispatch.web.access import requires
from dispatch.web.api.endpoint import api, spec


def described(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of an application. The library's own pages for it are not registered: they load scripts."""
    spec.app = app
    with app.app_context():
        document: dict[str, Any] = spec.spec
    return document


@api.get("/openapi.json")
@requires(Permission.PUBLIC)
def openapi() -> Response:
    """The document."""
    document = described(current_app._get_current_object())  # type: ignore[attr-defined]  # Flask's way to the app itself
    return Response(json.dumps(document, ensure_ascii=False), content_type="application/json")
