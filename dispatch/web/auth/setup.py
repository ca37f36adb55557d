"""The first visit to a new installation: the first manager sets it up, once."""

from flask import flash, g, make_response, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from dispatch.domain.errors import N_, DomainError, Invalid
from dispatch.domain.roles import Permission, Role
from dispatch.services import setting_up, sign_in
from dispatch.services.setting_up import Setup
from dispatch.web.access import requires, set_session_cookie
from dispatch.web.auth import blueprint
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime
from dispatch.web.submitting import filled

REQUIRED = (
    "company_name", "branch_name", "city", "code", "phone", "form", "name", "login", "password", "password_again",
)  # fmt: skip
ALSO = {"dispatcher": Role.DISPATCHER, "care": Role.CARE}


@blueprint.get("/setup")
@requires(Permission.PUBLIC)
def setup_page() -> Response | str:
    """The form, as long as there is nothing yet."""
    with runtime().db.reading() as session:
        if setting_up.is_set_up(session):
            return redirect("/sign-in")
    return render_template("auth/setup.html", form=BLANK)


@blueprint.post("/setup")
@requires(Permission.PUBLIC)
def set_up_now() -> Response | tuple[str, int]:
    """Make branch and manager, and sign the manager in."""
    given = request.form
    try:
        filled(*REQUIRED)
        if given.get("password") != given.get("password_again"):
            raise Invalid("passwords_differ", N_("The two passwords are not the same"), field="password_again")
        with runtime().db.transaction() as session:
            manager = setting_up.first_setup(session, _read(), g.now)
            token = sign_in.open_session(session, manager, g.now, runtime().session_lasts)
    except DomainError as error:
        return render_template("auth/setup.html", form=FormState.typed(given, error)), status_of(error)
    flash(gettext("All set. Next: add your drivers, each with a badge."), "success")
    response = make_response(redirect("/manage/drivers"))
    set_session_cookie(response, token)
    return response


def _read() -> Setup:
    given = request.form
    return Setup(
        code=given.get("code", "").strip().upper(),
        branch_name=given.get("branch_name", ""),
        company_name=given.get("company_name", ""),
        city=given.get("city", ""),
        phone=given.get("phone", ""),
        area_code=given.get("area_code", "").strip(),
        form=given.get("form", ""),
        timezone=given.get("timezone", "") or "Asia/Shanghai",
        manager_name=given.get("name", ""),
        login=given.get("login", ""),
        password=given.get("password", ""),
        roles=frozenset(ALSO[name] for name in given.getlist("also") if name in ALSO),
    )
