"""The air between a phone and the server: there, gone, or carrying what is said but not what is answered."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

CHUNK = 65536


class Air:
    """A proxy for TCP. `now` may be changed at any time: 'clear', 'none' or 'deaf' (replies get lost on the way)."""

    def __init__(self, host: str, port: int) -> None:
        self.now = "clear"
        self.lost = threading.Event()
        self._to = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._listen, daemon=True).start()

    def become(self, now: str) -> None:
        """Change, and break whatever is being said."""
        self.now = now
        self.lost.clear()
        for one in list(self._open):
            _end(one)

    def close(self) -> None:
        self._listener.close()
        self.become("none")

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                phone, _ = self._listener.accept()
                if self.now == "none":
                    _end(phone)
                    continue
                server = socket.create_connection(self._to)
                self._open |= {phone, server}
                threading.Thread(target=self._carry, args=(phone, server, False), daemon=True).start()
                threading.Thread(target=self._carry, args=(server, phone, True), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, reply: bool) -> None:
        with suppress(OSError):
            while said := source.recv(CHUNK):
                if reply and self.now == "deaf":
                    self.lost.set()
                    break
                target.sendall(said)
        for one in (source, target):
            _end(one)
            self._open.discard(one)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def air(base: str) -> Iterator[Air]:
    """Between a phone and the server at `base`."""
    host, _, port = base.rpartition("/")[2].partition(":")
    with closing(Air(host, int(port))) as between:
        yield between
