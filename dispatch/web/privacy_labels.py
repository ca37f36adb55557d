"""Words for what personal data are used for, how long they are kept, and what becomes of them."""

from dispatch.domain.errors import N_

PRIVACY: dict[str, dict[str, str]] = {
    "purpose": {
        "service": N_("The service itself"),
        "quality": N_("Call on the next working day"),
        "marketing": N_("Offers and greetings"),
        "location": N_("Keeping the way that was driven"),
    },
    "basis": {
        "contract": N_("Needed for the service"),
        "unless_withdrawn": N_("Unless withdrawn"),
        "when_given": N_("Only when given"),
    },
    "how": {
        "call": N_("By telephone"),
        "link": N_("By the customer’s link"),
        "paper": N_("On paper"),
        "visit": N_("In person"),
    },
    "said": {
        "given": N_("Consent given"),
        "withdrawn": N_("Consent withdrawn"),
    },
    "held": {
        "trip": N_("Trip"),
        "complaint": N_("Complaint"),
        "customer": N_("Customer"),
    },
    "retention_kind": {
        "positions": N_("Positions of drivers between trips"),
        "ways_whole": N_("Ways of trips in full"),
        "ways": N_("Ways of trips"),
        "photos": N_("Photos of cars"),
        "state": N_("How drunk the customer was"),
        "signing": N_("Devices and addresses of signing"),
        "calls": N_("Telephone calls and other numbers asked for"),
        "links": N_("Customers’ links that ran out"),
        "messages": N_("Messages sent"),
        "complaints": N_("Who complained, and how to reach them"),
        "customers": N_("Customers not seen any more"),
    },
    "retention_why": {
        "positions": N_("For the board and for who is asked; then deleted"),
        "ways_whole": N_("After that one point a minute is left, enough for a dispute about the way"),
        "ways": N_("From the end of the trip; at once where the customer does not want it kept"),
        "photos": N_("From the end of the trip; the agreement keeps its own small pictures"),
        "state": N_("From the end of the trip; with it goes the driver’s own breath reading"),
        "signing": N_("Claims out of a contract run for three years; the steps, their times and digests stay"),
        "calls": N_("From the call, or the end of the trip"),
        "links": N_("From the day on which the link ran out"),
        "messages": N_("From the day on which they were written; those still to be sent stay"),
        "complaints": N_("From the last step of a settled case; the case and what was learnt stay"),
        "customers": N_("From the last trip; what is traded electronically is to be kept for three years"),
    },
    "retention_fixed": {
        "replies": N_("Remembered replies of the API: at least 30 days, set by the operator"),
        "sessions": N_("Sessions: when they end"),
        "tries": N_("Counted tries at passwords and links: a day"),
        "heartbeats": N_("Signs of life of processes: a day"),
    },
    "retention_kept": {
        "documents": N_("Agreements and receipts: contracts, and the chain that proves that none is missing"),
        "fares": N_("Fares and corrections: accounting, without a name once a person is forgotten"),
        "journal": N_("The journal: who did what and when; what was written in it goes with the person"),
        "consents": N_("What was given and withdrawn: the proof of it"),
    },
    "obstacle": {
        "live_trip": N_("A trip is under way"),
        "open_complaint": N_("A complaint is open"),
        "legal_hold": N_("A legal hold"),
    },
    "stays": {
        "documents": N_("Signed documents, sealed as they are: contracts, and the chain that proves none is missing"),
        "signing": N_("Records of how they were signed, until their own term is over"),
        "fares": N_("Lines of fares, without a name: accounting"),
        "statements": N_("Trips in ledgers and statements of accounts that paid, as they were sent: accounting"),
        "figures": N_("Trips as times, distances, districts and ratings, without a name: figures stay true"),
    },
    "goes": {
        "profiles": N_("Profiles"),
        "numbers": N_("Phone numbers"),
        "cars": N_("Cars"),
        "trips": N_("Trips: name, number, plate, addresses, notes"),
        "photos": N_("Photos of cars"),
        "ways": N_("Ways of trips"),
        "orders": N_("Right to order on accounts"),
        "calls": N_("Telephone calls"),
        "callbacks": N_("Callbacks: what was said"),
        "complaints": N_("Complaints: contact and words"),
    },
}  # fmt: skip
