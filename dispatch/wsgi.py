"""What a WSGI server runs: `dispatch.wsgi:app`."""

import signal
import socket
import threading

from config import load_settings
from dispatch.app import create_app
from dispatch.web.runtime import EXTENSION

app = create_app(load_settings())


def end_streams_when_told_to_stop() -> None:
    """A server that stops waits for its answers, and a live stream never ends by itself: it ends with the signal.

    The server's own handlers stay as they are: Python writes every signal's number to the wake-up socket beside them.
    """
    heard, told = socket.socketpair()
    told.setblocking(False)
    before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    if before != -1:  # a server that uses it itself stops in its own way
        signal.set_wakeup_fd(before)
        return

    def wait() -> None:
        while heard.recv(1)[0] not in (signal.SIGTERM, signal.SIGINT):
            pass
        app.extensions[EXTENSION].streams.close()

    threading.Thread(target=wait, name="stop", daemon=True).start()
    _sockets.extend((heard, told))


_sockets: list[socket.socket] = []
if threading.current_thread() is threading.main_thread():
    end_streams_when_told_to_stop()
