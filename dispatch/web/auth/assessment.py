"""One's own assessment, for everybody who is assessed."""

from flask import g, render_template

from dispatch.domain.roles import Permission
from dispatch.store.branches import Branch
from dispatch.web.access import requires
from dispatch.web.assessment_view import asked_month, lines_of
from dispatch.web.auth import blueprint
from dispatch.web.runtime import runtime


@blueprint.get("/account/assessment")
@requires(Permission.ASSESSMENT_OWN)
def own_assessment() -> str:
    """The month, line by line."""
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        shown = lines_of(session, branch, asked_month(branch), g.actor.id)
        return render_template("own_assessment.html", **shown)
