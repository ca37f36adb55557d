"""What all commands have in common: help for each, and a test for each command and each of its options."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dispatch.cli.main import main
from tests.commands import DONE, GIVEN_WRONGLY, run

TESTS = sorted(Path(__file__).parents[1].glob("*/test_command_*.py"))
SERVES = {"serve", "scheduler"}  # they run until stopped, and answer nothing
FOR_US = {"openapi"}


def commands(group: click.Group = main, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield (*path, name), command


EVERY = [pytest.param(path, command, id=" ".join(path)) for path, command in commands()]


@pytest.mark.parametrize(("path", "command"), EVERY)
def test_every_command_explains_itself_and_each_option(path: tuple[str, ...], command: click.Command) -> None:
    said = run(*path, "--help")
    assert (said.code, said.err) == (DONE, "")
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help
            assert option.opts[0] in said.out


@pytest.mark.parametrize(("path", "command"), EVERY)
def test_every_command_with_an_answer_gives_it_in_json(path: tuple[str, ...], command: click.Command) -> None:
    options = {name for parameter in command.params for name in parameter.opts}
    assert ("--json" in options) is (path[0] not in SERVES | FOR_US)


@pytest.mark.parametrize(("path", "command"), EVERY)
def test_every_command_and_option_is_tried_in_a_test(path: tuple[str, ...], command: click.Command) -> None:
    written = "\n".join(file.read_text() for file in TESTS if file != Path(__file__))
    words = list(path) + [name for option in command.params if isinstance(option, click.Option) for name in option.opts]
    assert [word for word in words if f'"{word}"' not in written] == []


def test_homeward_alone_lists_its_commands() -> None:
    said = run("--help")
    assert said.code == DONE
    assert {line.split()[0] for line in said.out.partition("Commands:\n")[2].splitlines()} == (
        {path[0] for path, _ in commands()} - FOR_US
    )
    assert run().code == GIVEN_WRONGLY


def test_the_version_is_told() -> None:
    said = run("--version")
    assert said.code == DONE
    assert said.out.startswith("homeward, version ")
