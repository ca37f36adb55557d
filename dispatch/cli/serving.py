"""Running the service: web, scheduler, migrations."""

import json
import logging
import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click
from alembic.util import CommandError
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.log import logger as server_log
from granian.server.mp import MPServer

from config import Settings, load_settings
from dispatch import scheduler as clockwork
from dispatch.app import create_app
from dispatch.cli.installation import make_room, prepare, refuse_address, refuse_unsafe
from dispatch.cli.output import json_option, say
from dispatch.store import migrate as migrations
from dispatch.web.api.description import described

BACKLOG = 1024
STOP_SECONDS = 15


@click.command()
@click.option("--host", help="Address to listen on (HOMEWARD_HOST).")
@click.option("--port", type=int, help="Port to listen on (HOMEWARD_PORT).")
@click.option("--no-scheduler", is_flag=True, help="Only the web; `homeward scheduler` runs elsewhere.")
def serve(host: str | None, port: int | None, no_scheduler: bool) -> None:
    """Run the web and the scheduler together, as a small office does."""
    for name, value in (("HOMEWARD_HOST", host), ("HOMEWARD_PORT", port)):
        if value is not None:
            os.environ[name] = str(value)  # workers and the scheduler read the same settings
    settings = load_settings()
    prepare(settings)
    refuse_address(settings)
    click.echo(f"Homeward is at {settings.base_url}  (stop with Ctrl-C)")
    with nullcontext() if no_scheduler else _scheduler_beside(settings):
        web_server(settings).serve()


@click.command()
def scheduler() -> None:
    """Run the clock alone: expiring offers, callbacks falling due, messages. Any number may run."""
    settings = load_settings()
    refuse_unsafe(settings)
    clockwork.run(settings)


@click.command()
@click.option("--revision", default="head", show_default=True, help="Where to go.")
@json_option
def migrate(revision: str, *, as_json: bool) -> None:
    """Bring the database to this version of the schema."""
    settings = load_settings()
    make_room(settings)
    try:
        migrations.upgrade(settings.database_url, revision)
    except CommandError as error:
        raise click.BadParameter(str(error), param_hint="--revision") from error
    reached = migrations.current(settings.database_url)
    say({"revision": reached}, [f"The database is at {reached}."], as_json=as_json)


@click.command(hidden=True)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def openapi(file: Path) -> None:
    """Write the API's description to FILE."""
    app = create_app(load_settings())
    file.write_text(json.dumps(described(app), ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")


@contextmanager
def _scheduler_beside(settings: Settings) -> Iterator[None]:
    """A scheduler for as long as the web runs. Forked: it shares with the web what both have loaded."""
    beside = multiprocessing.get_context("fork").Process(target=clockwork.run, args=(settings,), daemon=True)
    beside.start()
    try:
        yield
    finally:
        beside.terminate()
        beside.join(STOP_SECONDS)


def web_server(settings: Settings, target: str = "dispatch.wsgi:app") -> MPServer:
    """The web server as every installation runs it; benchmarks run their baselines on the same one."""
    server_log.addFilter(_is_news)
    return MPServer(
        target,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_workers,
        blocking_threads=settings.threads,
        backlog=BACKLOG,
        backpressure=settings.threads,  # else a share of the backlog: open streams would leave nobody to answer
        log_level=LogLevels(settings.log_level.lower()),
        log_access=False,
        static_path_mount=None,
        websockets=False,
        workers_kill_timeout=STOP_SECONDS,
    )


def _is_news(record: logging.LogRecord) -> bool:
    """More threads than cores are meant: a live board holds one for as long as it is open, and uses no processor."""
    return not record.getMessage().startswith("Configuration allows spawning")
