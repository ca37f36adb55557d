"""What agents say on callbacks, in each language of the branch, and how they dial."""

from flask import flash, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain import callback_script
from dispatch.domain.callback_script import PARTS, PLACEHOLDERS
from dispatch.domain.dialling import DialWay
from dispatch.domain.errors import DomainError
from dispatch.domain.roles import Permission
from dispatch.services import callback_scripts, dialling
from dispatch.store.branches import Branch
from dispatch.web.access import requires
from dispatch.web.formstate import BLANK, FormState, Unfit
from dispatch.web.i18n import LANGUAGES
from dispatch.web.labels import options
from dispatch.web.manage import blueprint
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.schemas.calling import DiallingIn, ScriptIn
from dispatch.web.submitting import read, submit

HERE = "/manage/callbacks"


@blueprint.get("/callbacks")
@requires(Permission.BRANCH_EDIT)
def callback_settings() -> str:
    """The script of one language with its versions, and dialling; `version` shows an earlier one, to be said again."""
    return _page(BLANK)


@blueprint.post("/callbacks")
@requires(Permission.BRANCH_EDIT)
def set_callbacks() -> Response | tuple[str, int]:
    """Keep what one of the forms says: `do` names it."""
    work = _dialling if request.form.get("do") == "dialling" else _script
    try:
        done = submit(work)
    except DomainError as error:
        return _page(FormState.typed(request.form, error)), status_of(error)
    flash(gettext("Saved."), "success")
    return done


def _script(session: Session) -> str:
    language = request.form.get("language", "")
    given = {part: request.form.get(part, "") for part in PARTS}
    body = read(ScriptIn, {**given, "version": request.form.get("version", "0")})
    wanted = body.to_domain()
    if faults := callback_script.faults(wanted):
        raise Unfit(faults)
    callback_scripts.rewrite(session, language, wanted, g.actor, g.now, based_on=body.version)
    return f"{HERE}?language={language}"


def _dialling(session: Session) -> str:
    given = {name: request.form.get(name, "").strip() for name in ("way", "sip_host", "order_url")}
    dialling.change(session, read(DiallingIn, given).to_domain(), g.actor, g.now)
    return HERE


def _page(form: FormState) -> str:
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        spoken = callback_scripts.languages(branch)
        asked = request.form.get("language") or request.args.get("language", "")
        language = asked if asked in spoken else spoken[0]
        script, newest = callback_scripts.in_use(session, branch.id, language)
        versions = callback_scripts.versions(session, branch.id, language)
        earlier = next((row for row in versions if row.version == request.args.get("version", type=int)), None)
        return render_template(
            "manage/callbacks.html",
            form=form,
            branch=branch,
            language=language,
            spoken=[(one, LANGUAGES[one]) for one in spoken],
            script=earlier.as_script() if earlier else script,
            newest=newest.version if newest else 0,
            earlier=earlier if earlier is not newest else None,
            versions=versions,
            placeholders=PLACEHOLDERS,
            dialling=dialling.of_branch(session, branch.id),
            ways=options(DialWay),
        )
