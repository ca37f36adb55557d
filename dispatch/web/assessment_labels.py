"""The words of the assessment: its sources and its rules."""

from dispatch.domain.errors import N_

ASSESSMENT: dict[str, dict[str, str]] = {
    "report_kind": {
        "figures": N_("Figures of the period"),
        "assessment": N_("Assessment"),
    },
    "rhythm": {
        "day": N_("Every day"),
        "week": N_("Every Monday, for the week before"),
        "month": N_("On the 1st, for the month before"),
    },
    "message_state": {
        "waiting": N_("Waiting to be sent"),
        "sent": N_("Sent"),
        "failed": N_("Not sent"),
    },
    "export": {
        "report": N_("Reports"),
        "behind": N_("Behind the number"),
        "assessment": N_("Assessment"),
    },
    "assessment_source": {
        "rating": N_("Ratings"),
        "punctuality": N_("Punctuality"),
        "complaint": N_("Upheld complaints"),
        "callback": N_("Callbacks"),
        "deadline": N_("Deadlines of complaints"),
    },
    "assessment_rule": {
        "rated_5": N_("Rated 5"),
        "rated_4": N_("Rated 4"),
        "rated_3": N_("Rated 3"),
        "rated_2": N_("Rated 2"),
        "rated_1": N_("Rated 1"),
        "on_time": N_("Arrived on time"),
        "late": N_("Arrived late"),
        "complaint_upheld": N_("Complaint upheld"),
        "called_in_time": N_("Called in time"),
        "called_late": N_("Called late"),
        "deadline_kept": N_("Deadline of a complaint kept"),
        "deadline_missed": N_("Deadline of a complaint missed"),
    },
}
