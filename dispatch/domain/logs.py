"""Entries of the journal that belong together: logs that a manager reads by themselves."""

PERSONAL_READS = (
    "callback.dial",
    "complaint.reveal",
    "customer.export",
    "customer.reveal",
    "dispute.file",
    "document.read",
    "figures.export",
    "photo.read",
    "trip.reveal",
)
"""A number shown to be rung, a person's own file or one for a dispute made, a document or photo opened, a masked fact
shown, figures taken with names and numbers in full."""
CALENDAR_CHANGES = ("calendar.import", "callback.moved")
"""Working days restated, and callbacks that followed them."""
OF_CUSTOMERS = frozenset({"trip", "customer", "complaint", "callback", "call"})
"""Subjects of entries that may speak of a customer: their words are read masked."""
