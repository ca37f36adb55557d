"""Commands on trips as API and pages give them: by name, with their schema, permission and way of being carried out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dispatch.domain import badge
from dispatch.domain import commands as c
from dispatch.domain.commands import Command
from dispatch.domain.roles import Actor, Permission
from dispatch.services import drivers
from dispatch.store.branches import Branch
from dispatch.web.schemas import commands as s
from dispatch.web.schemas.common import Schema

Build = Callable[[Session, Any, Actor, datetime], Command]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A command as it is spelled outside: the schema of its body, who may give it, how it becomes the domain's."""

    name: str
    schema: type[Schema]
    permission: Permission
    build: Build


def _plain(_session: Session, body: Any, _actor: Actor, now: datetime) -> Command:
    command: Command = body.to_domain(now)
    return command


def _bare(command: Command) -> Build:
    return lambda _session, _body, _actor, _now: command


def _offer(session: Session, body: s.OfferIn, actor: Actor, now: datetime) -> Command:
    badges = [badge.parse(text, field="badge_ids") for text in body.badge_ids]
    wanted = [drivers.by_badge(session, badge_id, actor.branch_id) for badge_id in badges]
    usual = timedelta(seconds=session.get_one(Branch, actor.branch_id).offer_seconds)
    return body.with_drivers(tuple(driver.id for driver in wanted), now, usual)


def _assign(session: Session, body: s.AssignIn, actor: Actor, _now: datetime) -> Command:
    return c.Assign(drivers.by_badge(session, badge.parse(body.badge_id), actor.branch_id).id)


_DRIVE, _DISPATCH = Permission.TRIP_DRIVE, Permission.TRIP_DISPATCH

SPOKEN: tuple[Spoken, ...] = (
    Spoken("offer", s.OfferIn, _DISPATCH, _offer),
    Spoken("assign", s.AssignIn, _DISPATCH, _assign),
    Spoken("replace-driver", s.ReplaceDriverIn, _DISPATCH, _plain),
    Spoken("cancel", s.CancelIn, _DISPATCH, _plain),
    Spoken("abort", s.AbortIn, _DISPATCH, _plain),
    Spoken("give-up", s.GiveUpIn, _DISPATCH, _plain),
    Spoken("step-back", s.StepBackIn, Permission.TRIP_STEP_BACK, _plain),
    Spoken("accept", s.Nothing, _DRIVE, _bare(c.Accept())),
    Spoken("decline", s.DeclineIn, _DRIVE, _plain),
    Spoken("depart", s.Nothing, _DRIVE, _bare(c.Depart())),
    Spoken("arrive", s.Nothing, _DRIVE, _bare(c.Arrive())),
    Spoken("inspect", s.InspectIn, _DRIVE, _plain),
    Spoken("refuse", s.RefuseIn, _DRIVE, _plain),
    Spoken("start", s.Nothing, _DRIVE, _bare(c.Start())),
    Spoken("stop", s.StopIn, _DRIVE, _plain),
    Spoken("resume", s.Nothing, _DRIVE, _bare(c.Resume())),
    Spoken("change-destination", s.ChangeDestinationIn, _DRIVE, _plain),
    Spoken("report-incident", s.ReportIncidentIn, _DRIVE, _plain),
    Spoken("deliver", s.DeliverIn, _DRIVE, _plain),
)
"""Every command but the two that are signed under a document: those are in signing_flow.py."""
