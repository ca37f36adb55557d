"""The process that prints: `python -m contracts.press FOLDER` reads sheets from its input and answers with PDFs.

A message is its length (eight bytes) and its bytes; an answer has one byte before that: OK or FAILED. A sheet is JSON,
an answer is PDF or the reason: nothing that is read from the other side is ever executed. It ends with its input, and
only then: a stop of the service is told to all its processes at once, and a document may still be under way.
"""

import gc
import resource
import shutil
import signal
import sys
import tempfile
from contextlib import suppress
from typing import IO

from contracts.sheet import Sheet

LENGTH = 8
OK, FAILED = b"+", b"-"
MEMORY = 1 << 30  # bytes; a document needs about 150 MB


def send(stream: IO[bytes], message: bytes) -> None:
    """Write one message."""
    stream.write(len(message).to_bytes(LENGTH, "big"))
    stream.write(message)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """Read one message; None when the other side ended, in the middle of one or before it."""
    header = stream.read(LENGTH)
    if len(header) < LENGTH:
        return None
    length = int.from_bytes(header, "big")
    message = stream.read(length)
    return message if len(message) == length else None


def serve(pages: IO[bytes], answers: IO[bytes]) -> None:
    """Print page after page until there are no more."""
    from contracts.render import render, shared  # noqa: PLC0415 - WeasyPrint must not be loaded by whoever imports send()

    shared()
    gc.freeze()
    while (page := receive(pages)) is not None:
        try:
            answer = OK, render(Sheet.from_bytes(page))
        except Exception as error:  # whatever a page provokes, the press goes on with the next one
            answer = FAILED, f"{type(error).__name__}: {error}".encode()
        answers.write(answer[0])
        send(answers, answer[1])


def main() -> None:
    """Command line: the folder for temporary fonts. Whoever started the press may be killed: both remove it."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    tempfile.tempdir = sys.argv[1]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        with suppress(BrokenPipeError):  # nobody waits for the document any more
            serve(sys.stdin.buffer, sys.stdout.buffer)
    finally:
        shutil.rmtree(sys.argv[1], ignore_errors=True)


if __name__ == "__main__":
    main()
