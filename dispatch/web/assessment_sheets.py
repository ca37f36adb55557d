"""A month of the assessment as tables for a spreadsheet."""

from collections.abc import Iterator

from flask_babel import gettext
from sqlalchemy.orm import Session

from dispatch.domain.assessment import Source
from dispatch.domain.errors import N_
from dispatch.domain.spreadsheet import Cell, Sheet
from dispatch.services import exporting
from dispatch.services.assessments import Month
from dispatch.store import assessments as store
from dispatch.store.assessments import AssessmentLine
from dispatch.store.branches import Branch
from dispatch.web.labels import label
from dispatch.web.personal import Personal

BATCH = 500
_LINE = (
    N_("Sign-in name"), N_("Name"), N_("Rule"), N_("Points"), N_("When"), N_("About"), N_("Reason"),
)  # fmt: skip


def assessment_sheets(session: Session, branch: Branch, found: Month, personal: Personal) -> Iterator[Sheet]:
    """Everybody's points by source, and every line. Personal are names, and what was written for a reason.

    Raises Refused when there is too much for a file.
    """
    exporting.bounded(sum(score.lines for score in found.scores))
    heads = [gettext("Sign-in name"), gettext("Name"), *(label(source.value, "assessment_source") for source in Source)]
    yield Sheet(
        gettext("Points"),
        (*heads, gettext("Points")),
        [
            (one.login, personal.name(one.name), *(one.of(source) for source in Source), one.points)
            for one in found.scores
        ],
    )
    yield Sheet(
        gettext("Lines"),
        tuple(gettext(head) for head in _LINE),
        (_line(line, branch, personal) for line in _lines(session, branch, found)),
    )


def _lines(session: Session, branch: Branch, found: Month) -> Iterator[AssessmentLine]:
    after = 0
    while lines := store.lines(session, branch.id, found.month, after=after, limit=BATCH):
        yield from lines
        after = lines[-1].id


def _line(line: AssessmentLine, branch: Branch, personal: Personal) -> tuple[Cell, ...]:
    about = line.facts.get("trip") or line.facts.get("complaint", "")
    when = line.happened_at.astimezone(branch.zone).replace(tzinfo=None, second=0, microsecond=0)
    rule = label(line.rule.value, "assessment_rule")
    person = line.person
    return (
        person.login, personal.name(person.name), rule, line.points, when, str(about), personal.words(line.reason),
    )  # fmt: skip
