"""What every benchmark stands on: servers to measure, what their processes cost, and how figures are shown."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from dispatch.cli.night.stage import free_port, wait_until_up
from tests.postgres import Postgres

ROOT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def running(
    folder: Path, module: str, *arguments: str, **settings: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server in a process of its own, up and answering; its address and its process."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    told = {"HOMEWARD_DATA_DIR": str(folder), "HOMEWARD_PORT": str(port), "HOMEWARD_LOG_LEVEL": "WARNING"}
    log = folder / f"{module}.log"
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env={**os.environ, **told, "HOMEWARD_BASE_URL": base, **settings},
            cwd=ROOT,
            stdout=output,
            stderr=output,
        )
        try:
            wait_until_up(base, process, log)
            yield base, process
        finally:
            process.terminate()
            process.wait(timeout=20)


@contextmanager
def database(kind: str) -> Iterator[tuple[Path, str]]:
    """A folder on the disk, and the address of an empty database in it: `sqlite` or `postgresql`."""
    with tempfile.TemporaryDirectory(prefix="homeward-bench-", dir="/var/tmp") as name:
        folder = Path(name)
        if kind == "sqlite":
            yield folder, f"sqlite:///{folder / 'homeward.db'}"
            return
        folder.chmod(0o711)
        server = Postgres(folder / "postgres")
        server.create()
        server.start()
        try:
            server.execute("CREATE DATABASE homeward")
            yield folder, server.url("homeward")
        finally:
            server.remove()


def family(pid: int) -> list[int]:
    """A process and everything it started, still alive."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = entry.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(int(after_name[1]), []).append(int(entry.parent.name))
    found = [pid]
    for parent in found:
        found += children.get(parent, [])
    return found


def memory_mb(pid: int) -> float:
    """Proportional set size of a process and everything it started: shared pages are counted once."""
    kilobytes = 0
    for member in family(pid):
        for line in Path(f"/proc/{member}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kilobytes += int(line.split()[1])
    return kilobytes / 1024


def cpu_seconds(pid: int) -> float:
    """Processor time used so far by a process and everything it started."""
    ticks = 0
    for member in family(pid):
        after_name = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        ticks += int(after_name[11]) + int(after_name[12])
    return ticks / TICKS


def spread(values: Sequence[float]) -> str:
    """Median, and from where to where."""
    return f"{median(values):.4g} ({min(values):.4g} to {max(values):.4g})"


def show(title: str, rows: Sequence[Mapping[str, object]], *, as_json: bool) -> None:
    """Print the figures for people or for programs."""
    if as_json:
        print(json.dumps({"benchmark": title, "rows": rows}, ensure_ascii=False))  # noqa: T201 - its only output
        return
    table = Table(title=title)
    for name in rows[0]:
        table.add_column(name)
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console(width=140).print(table)
