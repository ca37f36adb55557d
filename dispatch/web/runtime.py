"""What a request needs of the running application, put together once in app.py."""

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from flask import current_app

from dispatch.gateways.clock import Clock
from dispatch.gateways.routing import Router
from dispatch.services.links import LinkKey
from dispatch.services.rendering import OfficePress, Renderer
from dispatch.services.sealing import Seals
from dispatch.services.verifying import Examiner
from dispatch.store.db import Database
from dispatch.web.map_source import MapSource
from dispatch.web.shared import SharedParts
from dispatch.web.streams import Streams

EXTENSION = "homeward"


@dataclass(frozen=True, slots=True)
class Runtime:
    """The database, the clock, what draws, seals and finds ways, and the settings that pages and API ask for.

    `renderer` prints what is signed and nothing else, `office_press` everything else.
    """

    db: Database
    clock: Clock
    renderer: Renderer
    office_press: OfficePress
    examiner: Examiner
    seals: Seals
    router: Router
    keys: LinkKey
    session_lasts: timedelta
    max_photo_bytes: int
    max_photo_pixels: int
    secure_cookies: bool
    streams: Streams
    shared: SharedParts
    map: MapSource
    push_key: str = ""
    mail_on: bool = False


def runtime() -> Runtime:
    """The running application's."""
    return cast(Runtime, current_app.extensions[EXTENSION])
