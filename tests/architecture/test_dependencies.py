"""What the service imports is installed by `make run`, not only where the tests' libraries lie about."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = {"config", "contracts", "dispatch"}
SOURCES = [ROOT / "config.py", *ROOT.glob("contracts/**/*.py"), *ROOT.glob("dispatch/**/*.py")]


def test_every_library_that_the_service_imports_is_one_of_its_dependencies() -> None:
    declared = dependencies() | dependencies("roads")  # asked for by name only where they are used
    providers = packages_distributions()
    imported = {name for path in SOURCES for name in imports(path)} - sys.stdlib_module_names - OURS
    undeclared = {name for name in imported if declared.isdisjoint(map(normal, providers.get(name, [name])))}
    assert undeclared == set()


def test_nothing_is_pinned_to_an_address() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock", "package-lock.json"):
        assert "://" not in (ROOT / lock).read_text(), lock


def test_every_declared_dependency_is_pinned() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pinned = {normal(line.split("==")[0]) for line in lock.splitlines() if "==" in line}
    assert dependencies() <= pinned


def dependencies(extra: str = "") -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return {normal(re.split(r"[\[<>=~!; ]", line)[0]) for line in lines}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module).partition(".")[0]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
