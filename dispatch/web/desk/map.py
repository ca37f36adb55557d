"""The local map file, handed out in ranges: browsers fetch the few kilobytes that a view needs."""

from flask import Response, abort, send_file

from dispatch.domain.roles import Permission
from dispatch.web.access import requires
from dispatch.web.desk import blueprint
from dispatch.web.runtime import runtime

KEPT_SECONDS = 86_400


@blueprint.get("/map/<name>")
@requires(Permission.TRIP_DISPATCH)
def map_file(name: str) -> Response:
    """The PMTiles file that is set up, by its name: another file is another address to browsers that keep it."""
    path = runtime().map.pmtiles
    if path is None or path.name != name or not path.is_file():
        abort(404)
    response = send_file(path, mimetype="application/vnd.pmtiles", conditional=True, max_age=KEPT_SECONDS)
    response.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    return response
