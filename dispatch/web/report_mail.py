"""A report as a letter: masked, in the language of its readers, written without a request."""

from collections.abc import Iterator
from datetime import datetime

from flask import Flask
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from dispatch.domain.period import Period
from dispatch.domain.report_plan import ReportKind
from dispatch.domain.spreadsheet import Sheet
from dispatch.services import assessments, reports
from dispatch.services.report_mailing import Letter
from dispatch.store.branches import Branch
from dispatch.store.report_schedules import ReportSchedule
from dispatch.store.scopes import Scope
from dispatch.web import i18n
from dispatch.web.assessment_sheets import assessment_sheets
from dispatch.web.downloads import MEDIA_TYPES, content
from dispatch.web.personal import MASKED
from dispatch.web.report_sheets import report_sheets


class LetterWriter:
    """Writes letters. What it needs of the web is the words of the interface."""

    def __init__(self) -> None:
        self._words = Flask("letters")
        i18n.init(self._words, lambda: None)

    def write(
        self, session: Session, schedule: ReportSchedule, branch: Branch, period: Period, now: datetime
    ) -> Letter:
        """The letter of a schedule for a period."""
        with self._words.app_context(), force_locale(schedule.language):
            days = f"{period.first}" if period.days == 1 else f"{period.first} – {period.last}"
            title = gettext("Assessment") if schedule.kind is ReportKind.ASSESSMENT else gettext("Reports")
            return Letter(
                subject=f"{branch.name} · {title} · {days}",
                text=gettext(
                    "The file with the figures of %(branch)s for %(days)s is attached. Names and numbers of people "
                    "in it are masked.\n\nYou get this letter because a manager of the branch entered your address.",
                    branch=branch.name,
                    days=days,
                ),
                file_name=f"{schedule.kind}-{period.first}-{period.last}.{schedule.file}",
                media_type=MEDIA_TYPES[schedule.file].partition(";")[0],
                content=content(_sheets(session, schedule, branch, period, now), schedule.file, now),
            )


def _sheets(
    session: Session, schedule: ReportSchedule, branch: Branch, period: Period, now: datetime
) -> Iterator[Sheet]:
    if schedule.kind is ReportKind.ASSESSMENT:
        return assessment_sheets(session, branch, assessments.month(session, branch, period.first, now), MASKED)
    return report_sheets(reports.report(session, Scope.of(branch, period)), MASKED)
