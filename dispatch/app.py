"""Puts the web application together: the only place, with cli.py and scheduler.py, that knows every part."""

import logging
from datetime import timedelta
from pathlib import Path

import structlog
from flask import Flask, g
from werkzeug.middleware.proxy_fix import ProxyFix

from config import BadSettings, Settings
from dispatch.domain.datum import Datum
from dispatch.gateways.clock import Clock, shifted_clock, system_clock
from dispatch.gateways.osrm import OsrmRouter
from dispatch.gateways.push import public_key
from dispatch.gateways.routing import GreatCircleRouter, Router
from dispatch.gateways.time_stamp import stamping
from dispatch.services.links import LinkKey
from dispatch.services.rendering import OfficePress, Renderer
from dispatch.services.sealing import Seals
from dispatch.services.verifying import Examiner
from dispatch.store.db import Database
from dispatch.store.feed import Feed
from dispatch.web import access, compressing, filters, i18n, pages, problems, security, submitting, uploads
from dispatch.web.api import blueprint as api
from dispatch.web.map_source import MapSource
from dispatch.web.runtime import EXTENSION, Runtime
from dispatch.web.shared import SharedParts
from dispatch.web.streams import Streams

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings, *, db: Database | None = None, renderer: Renderer | None = None) -> Flask:
    """The WSGI application for these settings."""
    configure_logging(settings)
    app = Flask(
        "dispatch", root_path=str(ROOT), static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates")
    )
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        MAX_CONTENT_LENGTH=settings.max_request_bytes,
        MAX_FORM_MEMORY_SIZE=settings.max_request_bytes,
        SESSION_COOKIE_NAME=f"{'__Host-' if _https(settings) else ''}homeward-form",
        SESSION_COOKIE_SECURE=_https(settings),
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,  # access.py checks, after it knows who is asking
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form left open overnight is not lost
        WTF_CSRF_SSL_STRICT=False,  # we send no referrer; SameSite and the token stand guard
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
    )
    db = db or Database(settings.database_url)
    app.extensions[EXTENSION] = Runtime(
        db=db,
        clock=clock_of(settings),
        renderer=renderer or Renderer(),
        office_press=OfficePress(),
        examiner=Examiner(),
        seals=seals_of(settings),
        router=router_of(settings),
        keys=link_key(settings),
        session_lasts=timedelta(hours=settings.session_hours),
        max_photo_bytes=settings.max_photo_bytes,
        max_photo_pixels=settings.max_photo_pixels,
        secure_cookies=_https(settings),
        map=map_of(settings),
        push_key=_push_key(settings),
        mail_on=bool(settings.smtp_host),
        streams=Streams(Feed(db), settings.max_streams),
        shared=SharedParts(),
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    security.init(app, https=_https(settings), pictures_from=map_of(settings).origins)
    compressing.init(app)
    problems.init(app)
    i18n.init(app, lambda: g.get("locale"))
    uploads.init(app, most_to_verify=settings.max_verify_bytes)
    access.init(app)
    filters.register(app)
    app.jinja_env.globals.update(form_key=submitting.form_key)
    app.register_blueprint(api)
    for blueprint in pages.BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def clock_of(settings: Settings) -> Clock:
    """The machine's clock, or in demonstrations and tests the one that a file shifts."""
    return shifted_clock(settings.clock_file) if settings.clock_file else system_clock


def router_of(settings: Settings) -> Router:
    """How long the way takes, by the settings; what cannot be asked falls back on the straight line."""
    straight = GreatCircleRouter()
    if settings.router == "roads":
        from dispatch.gateways.roads.engine import RoadRouter  # noqa: PLC0415 - scipy is large, and not for everybody
        from dispatch.gateways.roads.fallback import RoadsOrStraight  # noqa: PLC0415

        return RoadsOrStraight(RoadRouter(settings.road_graph), straight)
    if settings.router == "osrm":
        return OsrmRouter(settings.osrm_url, straight)
    return straight


def map_of(settings: Settings) -> MapSource:
    """What the desk's map is drawn on."""
    return MapSource(
        tiles=settings.map_tiles,
        subdomains=settings.map_subdomains,
        pmtiles=settings.map_pmtiles,
        datum=Datum(settings.map_datum),
        attribution=settings.map_attribution,
    )


def seals_of(settings: Settings) -> Seals:
    """The branches' seals; outside production a missing one is made when it is first needed."""
    return Seals(
        settings.seal_dir,
        settings.seal_passphrase.get_secret_value(),
        settings.seal_pin.get_secret_value(),
        stamping=stamping(settings.time_stamp_url) if settings.time_stamp_url else None,
        self_made=not settings.production,
    )


def link_key(settings: Settings) -> LinkKey:
    """What customers' links are made with."""
    return LinkKey(settings.secret_key.get_secret_value().encode(), settings.base_url)


def configure_logging(settings: Settings) -> None:
    """One JSON object a line in production, plain lines otherwise; never a phone number or token in clear."""
    renderer = structlog.processors.JSONRenderer() if settings.production else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level)),
    )
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s %(message)s")


def _push_key(settings: Settings) -> str:
    key = settings.vapid_private_key.get_secret_value()
    try:
        return public_key(key) if key else ""
    except ValueError as error:
        raise BadSettings([f"HOMEWARD_VAPID_PRIVATE_KEY: {error}"]) from error


def _https(settings: Settings) -> bool:
    return settings.base_url.startswith("https://")
