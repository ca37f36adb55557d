"""The journal: who did what, newest first."""

from flask import g, render_template, request

from dispatch.domain.roles import Permission
from dispatch.store import journal
from dispatch.web.access import requires
from dispatch.web.entries import details, masked, subject
from dispatch.web.manage import blueprint
from dispatch.web.runtime import runtime

PAGE = 100


@blueprint.get("/journal")
@requires(Permission.JOURNAL_READ)
def show_journal() -> str:
    """A page of it."""
    before = request.args.get("before", type=int)
    with runtime().db.reading() as session:
        found = journal.page(session, g.actor.branch_id, before=before, limit=PAGE)
        return render_template(
            "manage/journal.html",
            rows=[(entry, subject(entry), details(entry.type, masked(entry))) for entry in found],
            older=f"?before={found[-1].id}" if len(found) == PAGE else "",
            newest="/manage/journal" if before is not None else "",
        )
