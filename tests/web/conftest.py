"""The application on a fresh database with a branch at work in it, and clients signed in as anybody."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import Settings
from dispatch.app import create_app
from dispatch.domain.roles import Actor
from dispatch.services import sign_in
from dispatch.store.staff import Staff
from dispatch.web.runtime import EXTENSION
from tests.world import World


@dataclass(frozen=True, slots=True)
class Web:
    """The application and the world it serves, on one clock."""

    app: Flask
    world: World

    def client(self, actor: Actor | None = None) -> FlaskClient:
        """A browser; signed in when an actor is named."""
        client = self.app.test_client()
        if actor is not None:
            with self.world.db.transaction() as session:
                person = session.get_one(Staff, actor.id)
                token = sign_in.open_session(session, person, self.world.now, timedelta(hours=12))
            client.set_cookie("homeward", token)
        return client

    def post(
        self, client: FlaskClient, path: str, body: Any = None, *, key: str | None = None, csrf: bool = True
    ) -> TestResponse:
        """An unsafe call of the API, as a browser makes it."""
        headers = {"Idempotency-Key": secrets.token_hex(8) if key is None else key}
        if csrf:
            headers["X-CSRFToken"] = client.get("/api/v1/sessions/current").get_json()["csrf_token"]
        return client.post(path, json=body or {}, headers=headers)


def settings(url: str, folder: Path) -> Settings:
    """Settings for tests: a key of its own, nothing from the environment's `.env`."""
    values: dict[str, Any] = {
        "database_url": url,
        "secret_key": "k" * 40,
        "data_dir": folder,
        "seal_passphrase": "p" * 20,
    }
    return Settings(_env_file=None, **values)


@pytest.fixture
def web_on(tmp_path: Path) -> Iterator[Callable[[str], Web]]:
    """Builds the application on a database."""
    made: list[Web] = []

    def build(url: str) -> Web:
        app = create_app(settings(url, tmp_path))
        runtime = app.extensions[EXTENSION]
        world = World(runtime.db)
        app.extensions[EXTENSION] = replace(runtime, clock=lambda: world.now)
        made.append(Web(app, world))
        return made[-1]

    yield build
    for web in made:
        web.app.extensions[EXTENSION].streams.close()
        web.world.db.dispose()
        web.app.extensions[EXTENSION].renderer.close()
        web.app.extensions[EXTENSION].office_press.close()


@pytest.fixture
def web(web_on: Callable[[str], Web], sqlite_url: str) -> Web:
    """The application on SQLite."""
    return web_on(sqlite_url)
