"""The file of a person as it goes out: a ZIP that is made while it is sent and kept nowhere."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from flask import Response, current_app, g, render_template
from flask_babel import force_locale

from dispatch.domain.person_file import PersonFile
from dispatch.services import customers, exported_trips, person_export
from dispatch.web.runtime import Runtime, runtime

Parts = Iterator[tuple[str, bytes]]


class _Pipe:
    """What a ZIP is written to: it cannot go back, and what was written is taken away at once."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        found, self._written = b"".join(self._written), []
        return found


def for_person(customer_id: int, reason: str, password: str) -> Response:
    """The whole file of a person. Raises what asking for it raises; the journal knows of it before anything is sent."""
    with runtime().db.transaction() as session:
        person_export.ask(session, customer_id, g.actor, g.now, reason=reason, password=password)
    with runtime().db.reading() as session:
        customer = customers.find(session, customer_id, g.actor)
        told = person_export.of_person(session, customer, g.now)
    return _sent(told, f"person-{customer_id}-{g.now:%Y%m%d}.zip")


def for_link(told: PersonFile) -> Response:
    """What a link may take along of its trip."""
    return _sent(told, f"{told.trips[0].number}-{g.now:%Y%m%d}.zip")


def _sent(told: PersonFile, name: str) -> Response:
    pages = [(f"{language}.html", _page(told, language)) for language in ("zh", "en")]
    style = Path(current_app.root_path, "static/css/person.css").read_bytes()
    answer = Response(_zipped(_parts(told, pages, style, runtime()), g.now), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(told: PersonFile, language: str) -> bytes:
    """The readable page. It stands by itself: no script, nothing from elsewhere."""
    with force_locale(language):
        return render_template("person/file.html", told=told, language=language).encode()


def _parts(told: PersonFile, pages: list[tuple[str, bytes]], style: bytes, running: Runtime) -> Parts:
    yield "person.json", json.dumps(told.to_json(), ensure_ascii=False, indent=1).encode()
    yield from pages
    yield "style.css", style
    for trip in told.trips:
        for one in trip.documents:
            with running.db.reading() as session:
                yield one.file, exported_trips.document(session, one.number)
        for photo in trip.photos:
            with running.db.reading() as session:
                yield photo, exported_trips.photo(session, int(photo.removeprefix("photos/").removesuffix(".jpg")))


def _zipped(parts: Parts, now: datetime) -> Iterator[bytes]:
    pipe = _Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # all that is asked of it is write
        for name, content in parts:
            entry = ZipInfo(name, now.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, content)
            yield pipe.taken()
    yield pipe.taken()
