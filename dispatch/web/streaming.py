"""The answer of a stream's route: server-sent events, or that there are too many readers."""

from collections.abc import Callable

from flask import Response, g, request

from dispatch.domain.roles import Permission
from dispatch.store import journal
from dispatch.store.journal import Told
from dispatch.web.access import still
from dispatch.web.runtime import runtime

RETRY_SECONDS = "30"


def stream(wants: Callable[[Told], bool], permission: Permission) -> Response:
    """Stream what the reader wants for as long as they have the permission and their sign-in lasts."""
    with runtime().db.reading() as session:
        opened = runtime().streams.open(
            session, wants, still(permission), branch_id=g.actor.branch_id, after=_after(), tab=_tab()
        )
    if opened is None:
        return Response("", 503, {"Retry-After": RETRY_SECONDS})
    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    return Response(opened, content_type="text/event-stream; charset=utf-8", headers=headers)


def position() -> int:
    """How far the journal is: what a page says that it shows. To be asked before the rows are read."""
    with runtime().db.reading() as session:
        return journal.position(session)


def _after() -> int | None:
    """The last event the browser had; its header is newer than what the page's address says."""
    given = request.headers.get("Last-Event-ID", "").strip() or request.args.get("after", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


def _tab() -> str:
    tab = request.args.get("tab", "")[:40]
    return f"{g.actor.id}:{tab}" if tab else ""
