"""Addresses of static files that change with their content, so that browsers may keep them for good."""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from flask import Flask, url_for


def versioned(app: Flask) -> Callable[[str], str]:
    """The template global `asset(path)`: the file's address with a digest of its content."""
    root = Path(app.static_folder or "static")

    @lru_cache(maxsize=256)
    def digest(path: str, modified_ns: int) -> str:  # noqa: ARG001 - the time only makes a changed file a new cache entry
        return hashlib.sha256((root / path).read_bytes()).hexdigest()[:10]

    def asset(path: str) -> str:
        """Raises FileNotFoundError for a file that does not exist: a page with a dead link is a mistake of ours."""
        return url_for("static", filename=path, v=digest(path, (root / path).stat().st_mtime_ns))

    return asset
