"""Times as people read them: always in the branch's zone (R8), counted from the moment of the request."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import g
from flask_babel import gettext, ngettext

HOUR = 3600
DAY = 24 * HOUR


def localtime(moment: datetime, zone: str | None = None) -> str:
    """Month, day, hour and minute in the branch's zone."""
    return moment.astimezone(_zone(zone)).strftime("%m-%d %H:%M")


def dated(moment: datetime, zone: str | None = None) -> str:
    """Year, month, day, hour and minute in the branch's zone, for what is looked at years later."""
    return moment.astimezone(_zone(zone)).strftime("%Y-%m-%d %H:%M")


def clock(moment: datetime, zone: str | None = None) -> str:
    """Hour and minute in the branch's zone."""
    return moment.astimezone(_zone(zone)).strftime("%H:%M")


def ago(moment: datetime, now: datetime | None = None) -> str:
    """How long ago, in the largest whole unit."""
    seconds = int(((now or moment_of_request()) - moment).total_seconds())
    if seconds < 60:
        return gettext("just now")
    if seconds < HOUR:
        return ngettext("%(num)s min ago", "%(num)s min ago", seconds // 60)
    if seconds < DAY:
        return ngettext("%(num)s hour ago", "%(num)s hours ago", seconds // HOUR)
    return ngettext("%(num)s day ago", "%(num)s days ago", seconds // DAY)


def duration(length: timedelta | int) -> str:
    """A length of time (seconds when a number) in hours and minutes, minutes cut off."""
    minutes = int(length.total_seconds() if isinstance(length, timedelta) else length) // 60
    if minutes < 60:
        return gettext("%(minutes)s min", minutes=minutes)
    return gettext("%(hours)s h %(minutes)02d min", hours=minutes // 60, minutes=minutes % 60)


def server_time() -> str:
    """The time by which pages count their clocks, ISO 8601."""
    return moment_of_request().isoformat()


def moment_of_request() -> datetime:
    """The time the request goes by (UTC), so that everything on one page is of the same moment."""
    now: datetime = g.get("now") or datetime.now(UTC)
    return now


def _zone(zone: str | None) -> ZoneInfo:
    # R8: a time without its branch's zone would be shown wrong without anybody noticing, so there is no fallback.
    name = zone or g.get("zone")
    if name is None:
        raise LookupError("no time zone: set g.zone or pass one")
    return ZoneInfo(str(name))
