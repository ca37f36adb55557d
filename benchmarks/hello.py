"""The smallest Flask application on the product's web server, with nothing of the product: the least a start costs."""

import os

from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

app = Flask(__name__)


@app.get("/health")
def health() -> dict[str, str]:
    """Say that it is up."""
    return {"status": "ok"}


if __name__ == "__main__":
    MPServer(
        "benchmarks.hello:app",
        port=int(os.environ["HOMEWARD_PORT"]),
        interface=Interfaces.WSGI,
        blocking_threads=64,
        log_level=LogLevels.warning,
    ).serve()
