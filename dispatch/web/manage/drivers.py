"""Drivers: file, badge, papers, photo; clearing one who was held (P4)."""

from datetime import date
from typing import Any

from flask import Response as Reply
from flask import flash, g, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dispatch.domain import phone
from dispatch.domain.driver import Competence, Means
from dispatch.domain.errors import N_, DomainError, Invalid, NotFound
from dispatch.domain.geo import Point
from dispatch.domain.roles import Permission
from dispatch.services import badges, driver_files, drivers, photos
from dispatch.services.driver_files import Particulars
from dispatch.store.branches import Branch
from dispatch.store.drivers import Driver
from dispatch.web.access import requires
from dispatch.web.formstate import BLANK, FormState
from dispatch.web.manage import blueprint
from dispatch.web.problems import status_of, words
from dispatch.web.runtime import runtime
from dispatch.web.submitting import filled, submit

REQUIRED = ("name", "phone", "badge_id", "licence_no", "licence_class", "licence_until", "permit_until")


@blueprint.get("/drivers")
@requires(Permission.DRIVER_EDIT)
def list_drivers() -> str:
    """Everybody, with what wants attention."""
    with runtime().db.reading() as session:
        branch = session.get_one(Branch, g.actor.branch_id)
        return render_template("manage/drivers.html", standing=driver_files.overview(session, branch, g.now))


@blueprint.get("/drivers/new")
@requires(Permission.DRIVER_EDIT)
def new_driver() -> str:
    """An empty file."""
    return render_template("manage/driver.html", form=BLANK, driver=None, has_photo=False)


@blueprint.post("/drivers/new")
@requires(Permission.DRIVER_EDIT)
def add_driver() -> Response | tuple[str, int]:
    """Add a driver with a sign-in."""

    def work(session: Session) -> str:
        filled(*REQUIRED, "login", "password")
        given = request.form
        driver = driver_files.add(
            session,
            _particulars(),
            g.actor,
            g.now,
            login=given.get("login", ""),
            password=given.get("password", ""),
        )
        _keep_photo(session, driver.id)
        return "/manage/drivers"

    return _saved(work, None)


@blueprint.get("/drivers/<int:driver_id>")
@requires(Permission.DRIVER_EDIT)
def show_driver(driver_id: int) -> str:
    """A file to edit."""
    with runtime().db.reading() as session:
        driver = drivers.find(session, driver_id, g.actor.branch_id)
        return _file(session, FormState(values=_values(driver)), driver)


@blueprint.post("/drivers/<int:driver_id>")
@requires(Permission.DRIVER_EDIT)
def change_driver(driver_id: int) -> Response | tuple[str, int]:
    """Save a file."""

    def work(session: Session) -> str:
        filled(*REQUIRED)
        driver_files.change(session, driver_id, _particulars(), g.actor, g.now)
        _keep_photo(session, driver_id)
        return "/manage/drivers"

    return _saved(work, driver_id)


@blueprint.post("/drivers/<int:driver_id>/clear")
@requires(Permission.DRIVER_EDIT)
def clear_driver(driver_id: int) -> Response:
    """Let a held driver work again."""

    def work(session: Session) -> str:
        drivers.clear(session, driver_id, request.form.get("note", ""), g.actor, g.now)
        return "/manage/drivers"

    try:
        return submit(work)
    except DomainError as error:
        flash(words(error), "error")
        return redirect("/manage/drivers")


@blueprint.get("/drivers/<int:driver_id>/photo")
@requires(Permission.DRIVER_STATUS)
def driver_photo(driver_id: int) -> Reply:
    """The photo on the badge."""
    with runtime().db.reading() as session:
        drivers.find(session, driver_id, g.actor.branch_id)
        photo = photos.of_driver(session, driver_id)
        if photo is None:
            raise NotFound("photo_unknown", N_("There is no such photo"))
        return Reply(photo.content, content_type=photo.content_type)


@blueprint.get("/drivers/<int:driver_id>/badge.pdf")
@requires(Permission.DRIVER_EDIT)
def badge_card(driver_id: int) -> Reply:
    """The badge card to print, both sides on one sheet."""
    with runtime().db.reading() as session:
        driver = drivers.find(session, driver_id, g.actor.branch_id)
        sheet, name = badges.sheet(session, driver, runtime().keys), driver.badge_id
    reply = Reply(runtime().office_press.print(sheet), content_type="application/pdf")
    reply.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return reply


def _saved(work: Any, driver_id: int | None) -> Response | tuple[str, int]:
    try:
        done = submit(work)
    except DomainError as error:
        with runtime().db.reading() as session:
            driver = drivers.find(session, driver_id, g.actor.branch_id) if driver_id else None
            return _file(session, FormState.typed(request.form, error), driver), status_of(error)
    flash(gettext("Saved."), "success")
    return done


def _file(session: Session, form: FormState, driver: Driver | None) -> str:
    has_photo = driver is not None and photos.driver_has_one(session, driver.id)
    return render_template("manage/driver.html", form=form, driver=driver, has_photo=has_photo)


def _particulars() -> Particulars:
    given = request.form
    chosen = set(given.getlist("competences"))
    return Particulars(
        badge_id=given.get("badge_id", ""),
        name=given.get("name", ""),
        phone=given.get("phone", ""),
        licence_no=given.get("licence_no", ""),
        licence_class=given.get("licence_class", ""),
        licence_until=_date("licence_until"),
        permit_until=_date("permit_until"),
        competences=frozenset(one for one in Competence if one.value in chosen),
        badge_active=given.get("badge_active") == "yes",
        means=next((one for one in Means if one.value == given.get("means")), Means.BIKE),
        home=_home(),
    )


def _home() -> Point | None:
    """The home's point: both degrees or neither."""
    lat, lon = _degrees("home_lat", 90), _degrees("home_lon", 180)
    if lat is None and lon is None:
        return None
    if lat is None or lon is None:
        raise Invalid("missing", N_("Please fill this in"), field="home_lat" if lat is None else "home_lon")
    return Point(lat, lon)


def _degrees(field: str, most: int) -> float | None:
    typed = request.form.get(field, "").strip()
    if not typed:
        return None
    try:
        degrees = float(typed)
    except ValueError:
        degrees = float("nan")
    if not -most <= degrees <= most:
        raise Invalid("degrees", N_("Degrees are a number from -%(most)s to %(most)s"), field=field, most=most)
    return degrees


def _date(field: str) -> date:
    try:
        return date.fromisoformat(request.form.get(field, ""))
    except ValueError as error:
        raise Invalid("date", N_("Please enter a date"), field=field) from error


def _keep_photo(session: Session, driver_id: int) -> None:
    upload = request.files.get("photo")
    if upload is None or not upload.filename:
        return
    settings = runtime()
    cleaned = photos.clean(upload.read(), max_bytes=settings.max_photo_bytes, max_pixels=settings.max_photo_pixels)
    photos.store(session, cleaned, g.actor, g.now, driver_id=driver_id)


def _values(driver: Driver) -> dict[str, str | list[str]]:
    return {
        "badge_id": driver.badge_id,
        "name": driver.name,
        "phone": phone.display(driver.phone),
        "licence_no": driver.licence_no,
        "licence_class": driver.licence_class,
        "licence_until": driver.licence_until.isoformat(),
        "permit_until": driver.permit_until.isoformat(),
        "competences": driver.competences,
        "badge_active": "yes" if driver.badge_active else "",
        "means": driver.means.value,
        "home_lat": "" if driver.home_lat is None else f"{driver.home_lat:.6f}",
        "home_lon": "" if driver.home_lon is None else f"{driver.home_lon:.6f}",
    }
