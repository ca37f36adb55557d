"""The process that prints or examines: `python -m contracts.press print|examine FOLDER`.

It reads sheets and answers with PDFs, or reads files and answers with reports. A message is its length (eight bytes)
and its bytes; an answer has one byte before that: OK or FAILED. A sheet is JSON, as is a report: nothing that is read
from the other side is ever executed. It ends with its input, and only then: a stop of the service is told to all its
processes at once, and a document may still be under way.
"""

import gc
import logging
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from typing import IO

from contracts.sheet import Sheet

LENGTH = 8
OK, FAILED = b"+", b"-"
PRINTING, EXAMINING = "print", "examine"
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


def serve(questions: IO[bytes], answers: IO[bytes], work: Callable[[bytes], bytes]) -> None:
    """Answer question after question until there are no more."""
    while (question := receive(questions)) is not None:
        try:
            answer = OK, work(question)
        except Exception as error:  # whatever a document provokes, the press goes on with the next one
            answer = FAILED, f"{type(error).__name__}: {error}".encode()
        answers.write(answer[0])
        send(answers, answer[1])
        gc.collect()  # between documents, when nobody waits


def _printing() -> Callable[[bytes], bytes]:
    from contracts.render import render, shared  # noqa: PLC0415 - WeasyPrint must not be loaded by whoever imports send()

    shared()
    return lambda question: render(Sheet.from_bytes(question))


def _examining() -> Callable[[bytes], bytes]:
    from contracts.sealing.examine import examine  # noqa: PLC0415 - nor what reads signatures

    logging.disable(logging.CRITICAL)  # a stranger's broken file is no news
    return lambda question: examine(question).to_bytes()


_WORK = {PRINTING: _printing, EXAMINING: _examining}


def main() -> None:
    """Command line: the work, and the folder for temporary files. Whoever started the press may be killed: both
    remove it.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    tempfile.tempdir = sys.argv[2]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        work = _WORK[sys.argv[1]]()
        gc.freeze()
        gc.disable()
        with suppress(BrokenPipeError):  # nobody waits for the answer any more
            serve(sys.stdin.buffer, sys.stdout.buffer, work)
    finally:
        shutil.rmtree(sys.argv[2], ignore_errors=True)


if __name__ == "__main__":
    main()
