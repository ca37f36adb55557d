"""Words for what is done while a document is signed, and for the questions of a callback; part of `labels.LABELS`."""

from dispatch.domain.errors import N_

SIGNING: dict[str, dict[str, str]] = {
    "ceremony_channel": {
        "driver_phone": N_("on the driver’s phone"),
        "customer_link": N_("on the customer’s own phone"),
        "api": N_("through the API, by the driver’s program"),
    },
    "ceremony_ending": {
        "sealed": N_("sealed"),
        "started_anew": N_("started anew"),
        "trip_changed": N_("the trip changed"),
    },
    "ceremony_step": {
        "opened": N_("Signing began"),
        "read": N_("Read in full"),
        "confirmed": N_("Confirmed"),
        "code_sent": N_("Code sent"),
        "code_wrong": N_("Wrong code"),
        "code_entered": N_("Code entered"),
        "signed": N_("Signature"),
        "back": N_("Taken back"),
    },
    "callback_question": {
        "badge_worn": N_("Badge worn"),
        "car_checked": N_("Car looked over"),
        "fee_explained": N_("Fee explained"),
        "copy_handed_over": N_("Copy handed over"),
    },
}
