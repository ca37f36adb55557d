"""Server-sent events: what the journal tells, as it tells it, to each page that is open.

A stream holds a thread for as long as it is open, and never a connection to the database. Its events are numbered by
the journal: a browser that comes back names the last one it had, and gets what followed, each once and in order.
"""

import json
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from functools import lru_cache

from sqlalchemy.orm import Session

from dispatch.domain.errors import Busy
from dispatch.store import journal
from dispatch.store.feed import Ended, Feed, Gap, Listener
from dispatch.store.journal import Told

HEARTBEAT_SECONDS = 15.0
RETRY_MS = 1000
MOST_CAUGHT_UP = 200
"""Events that a browser is still told one by one; one that slept longer looks at everything anew."""
CHECKED_HEARTBEATS = 2
"""After so many a stream asks whether its reader may still read: each in its own time, or all would ask at once."""


class Stream(Iterator[bytes]):
    """One reader's stream, as the server sends it. `still_allowed` is asked every other heartbeat."""

    def __init__(
        self,
        listener: Listener,
        feed: Feed,
        first: list[Told | Gap],
        still_allowed: Callable[[], bool],
        *,
        last: int,
        heartbeat: float,
        done: Callable[["Stream"], None],
    ) -> None:
        self._listener, self._feed, self._first, self._last = listener, feed, first, last
        self._still_allowed, self._heartbeat, self._done = still_allowed, heartbeat, done
        self._check_every = CHECKED_HEARTBEATS * heartbeat
        self._check_at = time.monotonic() + self._check_every * random.random()  # noqa: S311 - spreads work, guards nothing
        self._opened = False

    def __next__(self) -> bytes:
        try:
            if not self._opened:
                self._opened = True
                return f"retry: {RETRY_MS}\nid: {self._last}\n\n".encode() + self._written(self._first)
            while True:
                heard = self._written(self._listener.take(self._heartbeat))
                self._check()
                return heard or self._sign_of_life()
        except Ended:
            raise StopIteration from None

    def end(self) -> None:
        """Close the stream from outside: its reader's browser comes back if it still wants to hear."""
        self._listener.end()

    def close(self) -> None:
        """The server's word that nobody reads any more."""
        self._feed.leave(self._listener)
        self._done(self)

    def _check(self) -> None:
        if time.monotonic() < self._check_at:
            return
        self._check_at = time.monotonic() + self._check_every
        try:
            allowed = self._still_allowed()
        except Busy:  # the database restarts: that is no reason to send anybody away
            return
        if not allowed:
            raise Ended

    def _sign_of_life(self) -> bytes:
        reached = self._feed.reached(self._listener)
        if reached is None or reached <= self._last:
            return b": still here\n\n"
        self._last = reached
        return f": still here\nid: {reached}\n\n".encode()

    def _written(self, told: list[Told | Gap]) -> bytes:
        return b"".join(self._event(one) for one in told)

    def _event(self, one: Told | Gap) -> bytes:
        if isinstance(one, Gap):
            self._last = one.position
            return _sse("reset", one.position, {})
        if one.id <= self._last:  # had already, from another process that was ahead
            return b""
        self._last = one.id
        return _told(one)


class Streams:
    """The streams of this process: never more than `most`, for every one holds a thread."""

    def __init__(self, feed: Feed, most: int, heartbeat: float = HEARTBEAT_SECONDS) -> None:
        self.heartbeat = heartbeat
        self._feed, self._most = feed, most
        self._lock = threading.Lock()
        self._open: dict[str, Stream] = {}

    def open(
        self,
        reading: Session,
        wants: Callable[[Told], bool],
        still_allowed: Callable[[], bool],
        *,
        branch_id: int,
        after: int | None,
        tab: str = "",
    ) -> Stream | None:
        """A stream of what followed `after` (None: of what comes from now on); None when there are too many.

        A tab has one stream: what its last page left behind ends here, not when the server notices.
        """
        name = tab or secrets.token_hex(8)
        self._make_room(name)
        if len(self._open) >= self._most:
            return None
        listener = self._feed.listen(wants)
        try:
            first = self._missed(reading, listener, branch_id, after)
        except BaseException:
            self._feed.leave(listener)
            raise
        last = listener.position if after is None else after
        stream = Stream(
            listener, self._feed, first, still_allowed, last=last, heartbeat=self.heartbeat, done=self._forget
        )
        with self._lock:
            if len(self._open) >= self._most:
                self._feed.leave(listener)
                return None
            self._open[name] = stream
        return stream

    def close(self) -> None:
        """End every stream and the feed: the process stops."""
        self._feed.stop()

    def _missed(self, reading: Session, listener: Listener, branch_id: int, after: int | None) -> list[Told | Gap]:
        """What the reader has not had, up to where the listener began."""
        now = listener.position
        if after is None:
            return []
        if after > now:  # another process was ahead of this one, unless the journal has never been there
            return [] if after <= journal.position(reading) else [Gap(now)]
        found = journal.told_between(reading, branch_id, after, now, limit=MOST_CAUGHT_UP + 1)
        if len(found) > MOST_CAUGHT_UP:
            return [Gap(now)]
        return [one for one in found if listener.wants(one)]

    def _make_room(self, name: str) -> None:
        with self._lock:
            before = self._open.pop(name, None)
        if before is not None:
            before.end()

    def _forget(self, stream: Stream) -> None:
        with self._lock:
            for name in [name for name, one in self._open.items() if one is stream]:
                del self._open[name]


@lru_cache(maxsize=MOST_CAUGHT_UP)
def _told(one: Told) -> bytes:
    """An entry as it is sent: put into words once, however many read it."""
    kind = "call" if one.subject == "call" else "changed"
    return _sse(kind, one.id, {"type": one.type, "subject": one.subject, "id": one.subject_id})


def _sse(event: str, number: int, data: dict[str, object]) -> bytes:
    return f"id: {number}\nevent: {event}\ndata: {json.dumps(data)}\n\n".encode()
