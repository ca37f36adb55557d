"""The `homeward` command. Exit codes: 0 done, 1 the answer is no, 2 given wrongly, 3 it cannot run now."""

import sys

import click

from config import BadSettings
from dispatch.cli import demo, doctor, documents, people, rules, serving
from dispatch.domain.errors import DomainError

EXIT_NO = 1
EXIT_UNABLE = 3


class Homeward(click.Group):
    """Turns what rules and settings object to into one line a person can act on."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except BadSettings as error:
            click.echo("The settings do not allow this:", err=True)
            for problem in error.problems:
                click.echo(f"  {problem}", err=True)
            sys.exit(EXIT_UNABLE)
        except DomainError as error:
            click.echo(f"{error}", err=True)
            sys.exit(EXIT_NO)


@click.group(cls=Homeward, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="homeward", prog_name="homeward")
def main() -> None:
    """Homeward: the software a designated-driver company runs on."""


for _command in (
    serving.serve,
    serving.scheduler,
    serving.migrate,
    serving.openapi,
    demo.demo,
    doctor.doctor,
    people.user,
    rules.tariff,
    rules.fare,
    rules.due_date,
    documents.verify,
):
    main.add_command(_command)
