"""The baseline of a service: Flask, one route, one INSERT; same server, database and durability as the product's."""

import secrets
import threading
from contextlib import nullcontext

from flask import Flask, request
from sqlalchemy import text

from config import Settings, load_settings
from dispatch.cli.serving import web_server
from dispatch.store.db import Database

TABLE = "CREATE TABLE IF NOT EXISTS bare (id VARCHAR(32) PRIMARY KEY, said TEXT NOT NULL)"
INSERT = text("INSERT INTO bare (id, said) VALUES (:id, :said)")


def create_app(settings: Settings) -> Flask:
    """The smallest service that keeps what it is told."""
    app = Flask(__name__)
    engine = Database(settings.database_url).engine.execution_options(writes=True)
    with engine.begin() as connection:
        connection.execute(text(TABLE))
    # SQLite has one writer; without a queue its busy handler would sleep, and the baseline would look slow.
    one_writer = threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()

    @app.post("/rows")
    def add() -> tuple[dict[str, str], int]:
        row = {"id": secrets.token_hex(16), "said": request.get_json()["note"]}
        with one_writer, engine.begin() as connection:
            connection.execute(INSERT, row)
        return {"id": row["id"]}, 201

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app


if __name__ == "__main__":
    web_server(load_settings(), "benchmarks.bare:app").serve()
else:
    app = create_app(load_settings())
