"""The `homeward` command. Exit codes: 0 done, 1 the answer is no, 2 given wrongly, 3 it cannot run now."""

import sys

import click
from sqlalchemy.exc import DBAPIError

from config import BadSettings
from dispatch.cli import demo, doctor, documents, forms, people, phones, roads, rules, seals, serving, tokens
from dispatch.cli.output import Unable, complain
from dispatch.domain.errors import Busy, DomainError

EXIT_NO = 1
EXIT_UNABLE = 3


class Homeward(click.Group):
    """Turns what rules and settings object to into one line a person can act on."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except BadSettings as error:
            problems = "".join(f"\n  {problem}" for problem in error.problems)
            complain(ctx, "bad_settings", f"The settings do not allow this:{problems}", problems=error.problems)
        except Unable as error:
            complain(ctx, error.code, str(error), **error.details)
        except Busy as error:
            complain(ctx, error.code, str(error))
        except DBAPIError as error:
            complain(ctx, "database", f"The database does not do it: {str(error.orig).strip().splitlines()[0]}")
        except DomainError as error:
            complain(ctx, error.code, str(error))
            sys.exit(EXIT_NO)
        sys.exit(EXIT_UNABLE)


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
    tokens.token,
    rules.tariff,
    rules.fare,
    rules.due_date,
    documents.verify,
    roads.roads,
    forms.form,
    seals.seal,
    seals.chain,
    phones.push,
):
    main.add_command(_command)
