"""The access log: who looked at personal data, at what and why."""

from flask import g, render_template, request

from dispatch.domain.logs import PERSONAL_READS
from dispatch.domain.roles import Permission
from dispatch.store import journal
from dispatch.web.access import requires
from dispatch.web.entries import details, masked, subject
from dispatch.web.manage import blueprint
from dispatch.web.runtime import runtime

PAGE = 100


@blueprint.get("/access")
@requires(Permission.JOURNAL_READ)
def show_access_log() -> str:
    """A page of it, newest first."""
    before = request.args.get("before", type=int)
    with runtime().db.reading() as session:
        found = journal.of_types(session, g.actor.branch_id, PERSONAL_READS, before=before, limit=PAGE)
        return render_template(
            "manage/access_log.html",
            rows=[(entry, subject(entry), details(entry.type, masked(entry))) for entry in found],
            older=f"?before={found[-1].id}" if len(found) == PAGE else "",
            newest="/manage/access" if before is not None else "",
        )
