"""Static text files go out compressed, each compressed once: half of what a first visit loads is theirs.

Pages are not compressed: they carry secrets beside text that others may choose, and their length would tell of both.
"""

import gzip
from functools import lru_cache

from flask import Flask, Response, request
from werkzeug.security import safe_join

TEXTS = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/json"})
SMALLEST = 600
"""Bytes below which the packing costs more than it saves."""


def init(app: Flask) -> None:
    """Compress static files for browsers that can read them so."""
    root = app.static_folder or "static"

    @lru_cache(maxsize=64)
    def packed(name: str, etag: str) -> bytes:  # noqa: ARG001 - the tag only makes a changed file a new cache entry
        path = safe_join(root, name)
        if path is None:
            raise LookupError(name)
        with open(path, "rb") as file:
            return gzip.compress(file.read(), 9, mtime=0)

    @app.after_request
    def _pack(response: Response) -> Response:
        if request.endpoint != "static" or response.mimetype not in TEXTS:
            return response
        response.vary.add("Accept-Encoding")
        small = (response.content_length or 0) < SMALLEST
        if response.status_code != 200 or small or request.accept_encodings["gzip"] <= 0:
            return response
        etag = response.get_etag()[0] or ""
        response.close()  # the file that Flask opened
        response.direct_passthrough = False
        response.set_data(packed((request.view_args or {})["filename"], etag))
        response.headers["Content-Encoding"] = "gzip"
        del response.headers["Accept-Ranges"]
        response.set_etag(etag, weak=True)  # the same content, packed: "not modified" goes on working
        return response
