"""What the case of an incident says by itself."""

from flask_babel import gettext

from dispatch.domain.commands import IncidentKind
from dispatch.services.accidents import Said
from dispatch.store.trips import Incident
from dispatch.web.labels import label


def incident_said(incident: Incident, problem: str = "", wish: str = "") -> Said:
    """What was typed, and for what was not: what the driver reported, and what the agreement promises."""
    reported = f"{label(incident.kind)}: {incident.note}" if incident.note.strip() else label(incident.kind)
    if incident.kind is IncidentKind.ACCIDENT:
        usual = gettext("Who bears what follows the share of fault (A7, B6).")
    else:
        usual = gettext("To be cleared up, and the customer to be told.")
    return Said(problem.strip() or reported, wish.strip() or usual)
