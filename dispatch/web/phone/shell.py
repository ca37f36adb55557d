"""The worker that keeps pages for dead spots, the manifest that puts the app on the home screen, whose phone it is."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import cast

from flask import Response, current_app, g, jsonify
from flask_babel import force_locale, gettext
from flask_wtf.csrf import generate_csrf

from dispatch.domain.roles import Permission
from dispatch.web.access import requires
from dispatch.web.i18n import LANGUAGES, choose
from dispatch.web.phone import blueprint

SHELL = (
    "css/homeward.css", "css/parts.css", "css/phone.css", "css/outline.css", "css/paper.css", "icon.svg",
    "icons.svg", "icons/app-192.png", "vendor/htmx/htmx.min.js",
    *(f"js/{name}.js" for name in ("app", "draft", "offers", "steps", "outline", "signature", "photo", "soon", "phone",
                                   "alert", "follow", "position", "trip")),
)  # fmt: skip
"""What the driver's pages name with a digest in the address."""
IMPORTED = (
    "js/saying.js", "js/clocks.js", "js/live.js", "js/queue.js", "js/carrier.js", "js/unsent.js", "js/keeping.js",
    "vendor/idb/index.js", "vendor/signature_pad/signature_pad.min.js",
)  # fmt: skip
"""What their modules import by its plain address."""
_POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'"


@blueprint.get("/sw.js")
@requires(Permission.PUBLIC)
def worker() -> Response:
    """The service worker. Its text changes with every file it keeps: that is how a phone learns of a new version."""
    asset = _asset()
    told = {
        "version": version(),
        "shell": [asset(path) for path in SHELL] + [f"/static/{path}" for path in IMPORTED],
        "words": {language: _words(language) for language in LANGUAGES},
    }
    text = f"import {{ serve }} from '/static/js/worker.js';\nserve({json.dumps(told, ensure_ascii=False)});\n"
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": _POLICY}
    return Response(text, content_type="text/javascript; charset=utf-8", headers=headers)


@blueprint.get("/manifest.webmanifest")
@requires(Permission.PUBLIC)
def manifest() -> Response:
    """What the phone needs to put the driver's pages on its home screen."""
    asset = _asset()
    icons = [("app-192", 192, "any"), ("app-512", 512, "any"), ("maskable-192", 192, "maskable"),
             ("maskable-512", 512, "maskable")]  # fmt: skip
    told = {
        "id": "/driver",
        "name": gettext("Homeward driver"),
        "short_name": gettext("Homeward"),
        "description": gettext("Shift, offers and trips of a designated driver"),
        "lang": "zh-CN" if choose(g.locale) == "zh" else "en",
        "start_url": "/driver",
        "scope": "/",
        "display": "standalone",
        "orientation": "portrait",
        "theme_color": "#10231c",
        "background_color": "#10231c",
        "icons": [
            {"src": asset(f"icons/{name}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for name, size, purpose in icons
        ],
    }
    text = json.dumps(told, ensure_ascii=False)
    return Response(text, content_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


@blueprint.get("/driver/phone")
@requires(Permission.SHIFT_OWN)
def whose() -> Response:
    """Who is signed in on this phone and the token their steps are sent with; asked before the queue sends any."""
    return jsonify(person=g.actor.id, csrf_token=generate_csrf(), version=version())


def _asset() -> Callable[[str], str]:
    return cast(Callable[[str], str], current_app.jinja_env.globals["asset"])


def version() -> str:
    """The digest of everything that the phone keeps of the app itself."""
    root = Path(current_app.static_folder or "static")
    kept = {root / path for path in (*SHELL, *IMPORTED, "js/worker.js")}
    stamps = "".join(f"{path.name}{path.stat().st_mtime_ns}" for path in sorted(kept))
    return _digest(stamps, tuple(sorted(kept)))


_KNOWN: dict[str, str] = {}


def _digest(stamps: str, files: tuple[Path, ...]) -> str:
    if stamps not in _KNOWN:
        _KNOWN.clear()
        _KNOWN[stamps] = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    return _KNOWN[stamps]


def _words(language: str) -> dict[str, str]:
    """What the worker says by itself, in one language."""
    with force_locale(language):
        return {
            "offer": gettext("A job for you"),
            "where": gettext("%(district)s · answer within %(minutes)s min", district="{where}", minutes="{minutes}"),
        }
