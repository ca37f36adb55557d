"""The clock at work: fixed sweeps over rows that are due. Any number may run; each effect happens once (R7)."""

import os
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.orm import Session

from config import Settings
from dispatch.app import clock_of, link_key, router_of, seals_of
from dispatch.domain.errors import DomainError
from dispatch.domain.retention import Kind
from dispatch.gateways.http import HttpGateway
from dispatch.gateways.log import LogGateway
from dispatch.gateways.mail import MailGateway, MailServer
from dispatch.gateways.push import PushGateway
from dispatch.gateways.transport import Gateway
from dispatch.services import (
    account_mail,
    account_statements,
    assessing,
    callback_queue,
    complaint_clocks,
    customer_tiers,
    delivering,
    expiring,
    housekeeping,
    late_sealing,
    matching,
    report_mailing,
    retention,
    seeking,
    signing,
)
from dispatch.services.rendering import Renderer, printed
from dispatch.store import outbox
from dispatch.store.account_ledger import AccountStatement
from dispatch.store.db import Database
from dispatch.web.report_mail import LetterWriter

SWEEP_SECONDS = 2
HEARTBEAT_SECONDS = 10
HOUSEKEEPING_SECONDS = 3600
TIERS_SECONDS = 60
COMPLAINT_SECONDS = 30
ASSESSMENT_SECONDS = 60
STATEMENT_SECONDS = 60
REPORT_SECONDS = 60
SIGNATURES_SECONDS = 30

log = structlog.get_logger("scheduler")


class Sweeper:
    """The sweeps. Each takes small transactions of its own, so that one bad row holds up nothing else."""

    def __init__(self, settings: Settings, db: Database) -> None:
        self._db = db
        self._clock = clock_of(settings)
        self._router = router_of(settings)
        self._keys = link_key(settings)
        self._seals = seals_of(settings)
        self._idempotency_lasts = timedelta(days=settings.idempotency_days)
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._gateways: dict[str, Gateway] = {
            "sms": HttpGateway(settings.sms_url, settings.sms_key.get_secret_value().encode(), self._clock)
            if settings.sms_url
            else LogGateway(),
            "webhook": HttpGateway(None, b"", self._clock),
            "dial": HttpGateway(None, b"", self._clock),
        }
        if key := settings.vapid_private_key.get_secret_value():
            self._gateways["push"] = PushGateway(key, settings.vapid_subject or settings.base_url, self._clock)
        if settings.smtp_host:
            self._gateways["email"] = MailGateway(_mail_server(settings), self._clock)
        self._letters = LetterWriter()

    def offers(self) -> int:
        """Take back offers whose time is over; answers how many trips."""
        return self._each(expiring.overdue, expiring.expire)

    def drivers(self) -> int:
        """Ask drivers for what waits, where the desk does not; answers for how many trips something was done."""
        with self._db.reading() as session:
            seen = matching.scenes(session, self._clock())
        moves = [move for scene in seen for move in matching.plan(scene, self._router)]
        done = 0
        for move in moves:
            try:
                with self._db.transaction() as session:
                    done += matching.act(session, move, self._clock())
            except DomainError as error:
                log.info("not asked this time", trip=move.trip_id, reason=error.code)
        return done

    def searches(self) -> int:
        """Tell of searches that take too long, and end those that the branch gives up."""
        return self._each(seeking.unanswered, seeking.tell) + self._each(seeking.hopeless, seeking.give_up)

    def callbacks(self) -> int:
        """Make due what is due, and return what was claimed and left."""
        with self._db.transaction() as session:
            now = self._clock()
            return callback_queue.make_due(session, now) + callback_queue.return_lapsed(session, now)

    def tiers(self) -> int:
        """Assess the month's tiers of customers, some at a time; answers in how many transactions."""
        done = 0
        while some := self._each(customer_tiers.due, _assess):
            done += some
        return done

    def complaints(self) -> int:
        """Tell whose turn it is where a complaint's time runs out; answers for how many clocks."""
        return self._each(complaint_clocks.to_look_at, complaint_clocks.escalate)

    def messages(self) -> int:
        """Send what lies in the outbox."""
        with self._db.reading() as session:
            waiting = outbox.due(session, self._clock())
        sent = 0
        for message_id in waiting:
            with self._db.transaction() as session:
                leased = delivering.take(session, message_id, self._clock(), self._keys)
            if leased is None:
                continue
            failure = delivering.send(leased, self._gateways)
            with self._db.transaction() as session:
                delivering.record(session, leased, failure, self._clock())
            if failure is not None:
                log.warning("message not sent", key=leased.message.key, error=str(failure), final=failure.permanent)
            sent += failure is None
        return sent

    def signatures(self) -> int:
        """Make the documents of signatures that were drawn and left; answers how many. Printing lies between two
        transactions, and whoever stores first has signed.
        """
        with self._db.reading() as session:
            found = late_sealing.left(session, self._clock())
        return self._printed(found, self._seal_late)

    def assessments(self) -> int:
        """Post to everybody's assessment what it does not tell yet; answers how many lines."""
        return self._each(assessing.branches, assessing.post)

    def statements(self) -> int:
        """Make the month's statements of accounts, send them, and tell of those not paid in time."""
        made = 0
        while some := self._each(account_statements.due, account_statements.make):
            made += some
        with self._db.reading() as session:
            waiting = account_mail.to_send(session, self._clock())
        return (
            made
            + self._printed(waiting, self._send_statement)
            + self._each(account_mail.past_due, account_mail.look_at)
        )

    def reports(self) -> int:
        """Send the reports that managers have sent to them; answers how many."""
        with self._db.reading() as session:
            found = report_mailing.schedules(session, self._clock())
        sent = 0
        for schedule_id in found:
            try:
                while self._mail(schedule_id):
                    sent += 1
            except Exception:  # one that cannot be made holds up no other
                log.exception("report not made", id=schedule_id)
        return sent

    def heartbeat(self) -> None:
        """Leave a sign of life."""
        with self._db.transaction() as session:
            housekeeping.beat(session, self._name, "scheduler", self._clock())

    def tidy(self) -> int:
        """Forget what has had its time: remembered replies, sessions, counted tries, old signs of life."""
        with self._db.transaction() as session:
            gone = housekeeping.tidy(session, self._clock(), self._idempotency_lasts)
            return gone + report_mailing.forget(session, self._clock())

    def retention(self) -> int:
        """Erase the personal data that have had the time that each branch gives them, in small transactions."""
        with self._db.reading() as session:
            branches = retention.branches(session)
        return sum(self._erased(branch_id, kind) for branch_id in branches for kind in Kind)

    def _erased(self, branch_id: int, kind: Kind) -> int:
        gone = 0
        try:
            while True:
                with self._db.transaction() as session:
                    found = retention.sweep(session, branch_id, kind, self._clock())
                gone += found
                if not found:
                    return gone
        except DomainError as error:
            log.info("left for the next sweep", branch=branch_id, kind=kind, reason=error.code)
        return gone

    def all(self) -> None:
        """Every sweep once."""
        self.heartbeat()
        self.offers()
        self.searches()
        self.drivers()
        self.callbacks()
        self.tiers()
        self.complaints()
        self.messages()
        self.assessments()
        self.statements()
        self.reports()
        self.signatures()

    def _mail(self, schedule_id: int) -> bool:
        with self._db.transaction() as session:
            return report_mailing.mail(session, schedule_id, self._clock(), self._letters.write)

    def _printed(self, found: list[int], act: Callable[[int, Renderer], bool]) -> int:
        """Do what needs a press for each, by one that is kept no longer than there is something to print."""
        if not found:
            return 0
        done = 0
        with closing(Renderer(processes=1)) as press:
            for row_id in found:
                try:
                    done += act(row_id, press)
                except DomainError as error:
                    log.info("left for the next sweep", id=row_id, reason=error.code)
                except Exception:  # one that cannot be made holds up no other
                    log.exception("document not made", id=row_id)
        return done

    def _send_statement(self, statement_id: int, press: Renderer) -> bool:
        with self._db.reading() as session:
            sheet = account_statements.sheet(session, session.get_one(AccountStatement, statement_id))
        pdf = printed(press, sheet)
        with self._db.transaction() as session:
            return account_mail.send(session, statement_id, pdf, self._clock())

    def _seal_late(self, ceremony_id: int, press: Renderer) -> bool:
        with self._db.reading() as session:
            drawn, actor = late_sealing.draft(session, ceremony_id, keys=self._keys)
        sealed = self._seals.seal(drawn.office, drawn.render(press), drawn.drawn_at)
        with self._db.transaction() as session:
            signing.store(session, drawn, sealed, actor)
        return True

    def _each(
        self, find: Callable[[Session, datetime], list[int]], act: Callable[[Session, int, datetime], int]
    ) -> int:
        with self._db.reading() as session:
            found = find(session, self._clock())
        done = 0
        for row_id in found:
            try:
                with self._db.transaction() as session:
                    done += act(session, row_id, self._clock())
            except DomainError as error:
                log.info("left for the next sweep", id=row_id, reason=error.code)
        return done


def _assess(session: Session, branch_id: int, now: datetime) -> bool:
    return customer_tiers.assess(session, branch_id, now) > 0


def _mail_server(settings: Settings) -> MailServer:
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_from,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
        security=settings.smtp_security,
    )


def start(settings: Settings, db: Database) -> BackgroundScheduler:
    """Run the sweeps in the background. No job store: what is due is in the database."""
    sweeper = Sweeper(settings, db)
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    sweeps: list[tuple[Callable[[], object], int]] = [
        (sweeper.offers, SWEEP_SECONDS),
        (sweeper.searches, SWEEP_SECONDS),
        (sweeper.drivers, SWEEP_SECONDS),
        (sweeper.callbacks, SWEEP_SECONDS),
        (sweeper.tiers, TIERS_SECONDS),
        (sweeper.complaints, COMPLAINT_SECONDS),
        (sweeper.messages, SWEEP_SECONDS),
        (sweeper.assessments, ASSESSMENT_SECONDS),
        (sweeper.statements, STATEMENT_SECONDS),
        (sweeper.reports, REPORT_SECONDS),
        (sweeper.signatures, SIGNATURES_SECONDS),
        (sweeper.heartbeat, HEARTBEAT_SECONDS),
        (sweeper.tidy, HOUSEKEEPING_SECONDS),
        (sweeper.retention, HOUSEKEEPING_SECONDS),
    ]
    for sweep, seconds in sweeps:
        scheduler.add_job(_kept_alive(sweep), IntervalTrigger(seconds=seconds), id=sweep.__name__, name=sweep.__name__)
    sweeper.heartbeat()
    scheduler.start()
    return scheduler


def run(settings: Settings) -> None:
    """Run until told to stop by SIGTERM or SIGINT."""
    db = Database(settings.database_url)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    scheduler = start(settings, db)
    log.info("scheduler is running", process=os.getpid())
    stop.wait()
    scheduler.shutdown(wait=True)
    db.dispose()


def _kept_alive(sweep: Callable[[], object]) -> Callable[[], None]:
    """A sweep whose failure is logged and tried again at the next tick: the database may be restarting."""

    def tick() -> None:
        try:
            sweep()
        except Exception:
            log.exception("sweep failed", sweep=sweep.__name__)

    return tick
