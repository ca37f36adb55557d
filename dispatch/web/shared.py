"""Parts of pages that are the same for many readers at one moment, drawn once for all of them.

When something happens, every open board asks for its rows in the same breath: a thousand of them must not cost a
thousand boards. What is shared is shared only as long as nothing has changed and the second has not passed.
"""

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager


class SharedParts:
    """The newest drawing of each part. Whoever asks while it is being drawn waits for it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._drawing: dict[Hashable, threading.Lock] = {}
        self._newest: dict[Hashable, tuple[Hashable, str]] = {}

    def get(self, part: Hashable, moment: Hashable, draw: Callable[[], str]) -> str:
        """The part (of whom, in which language) at a moment (how far the journal is, which second)."""
        with self._one_at_a_time(part):
            known = self._newest.get(part)
            if known is None or known[0] != moment:
                known = self._newest[part] = (moment, draw())
            return known[1]

    @contextmanager
    def _one_at_a_time(self, part: Hashable) -> Iterator[None]:
        with self._guard:
            drawing = self._drawing.setdefault(part, threading.Lock())
        with drawing:
            yield
