"""One's own account: password, and codes of an authenticator app."""

import segno
from flask import flash, g, make_response, redirect, render_template, request
from flask import session as form_session
from flask_babel import gettext
from werkzeug.wrappers import Response

from dispatch.domain.errors import N_, DomainError, Invalid
from dispatch.domain.roles import Permission
from dispatch.services import sign_in, staff, totp
from dispatch.web.access import requires, set_session_cookie
from dispatch.web.auth import blueprint
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.problems import status_of
from dispatch.web.runtime import runtime

_SECRET = "totp"  # noqa: S105 - the name of a place, not a secret


@blueprint.get("/account")
@requires(Permission.SIGNED_IN)
def account_page() -> str:
    """Password and authenticator."""
    return _page(BLANK)


@blueprint.post("/account/password")
@requires(Permission.SIGNED_IN)
def change_password() -> Response | tuple[str, int]:
    """Change it knowing the old one; other sessions end, this one goes on."""
    given = request.form
    try:
        if given.get("new") != given.get("new_again"):
            raise Invalid("passwords_differ", N_("The two passwords are not the same"), field="new_again")
        with runtime().db.transaction() as session:
            staff.change_own_password(session, g.actor, given.get("old", ""), given.get("new", ""), g.now)
            person = staff.find(session, g.actor.id, g.actor)
            token = sign_in.open_session(session, person, g.now, runtime().session_lasts)
    except DomainError as error:
        return _page(FormState.typed(given, error)), status_of(error)
    flash(gettext("Your password is changed. Everywhere else you have been signed out."), "success")
    response = make_response(redirect("/account"))
    set_session_cookie(response, token)
    return response


@blueprint.get("/account/authenticator")
@requires(Permission.SIGNED_IN)
def enrolment_page() -> Response | str:
    """Setting up the authenticator app, for those who can do nothing before."""
    return _page(BLANK) if g.must_enrol else redirect("/account")


@blueprint.post("/account/authenticator")
@requires(Permission.SIGNED_IN)
def set_authenticator() -> Response | tuple[str, int]:
    """Ask for codes from now on, once the app has shown a right one."""
    try:
        with runtime().db.transaction() as session:
            staff.set_totp(session, g.actor, _secret(), request.form.get("code", ""), g.now)
    except DomainError as error:
        return _page(FormState.typed(request.form, error)), status_of(error)
    form_session.pop(_SECRET, None)
    flash(gettext("From now on signing in asks for a code."), "success")
    return redirect("/" if g.must_enrol else "/account")


def _page(form: FormState) -> str:
    with runtime().db.reading() as session:
        person = staff.find(session, g.actor.id, g.actor)
    qr = "" if person.totp_secret else segno.make(totp.address(_secret(), person.login)).svg_data_uri(scale=4)
    page = "auth/enrol.html" if g.must_enrol else "auth/account.html"
    return render_template(page, form=form, person=person, qr=qr, secret=_secret())


def _secret() -> str:
    """The secret offered until a code proves that the app has it; the form's signed cookie keeps it meanwhile."""
    return str(form_session.setdefault(_SECRET, totp.new_secret()))
