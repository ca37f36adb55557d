"""Entries of the journal that belong together: logs that a manager reads by themselves."""

PERSONAL_READS = (
    "callback.dial",
    "complaint.reveal",
    "customer.reveal",
    "dispute.file",
    "document.read",
    "figures.export",
    "photo.read",
    "trip.reveal",
)
"""A number shown to be rung, a file made for a dispute, a document or photo opened, a masked fact shown,
figures taken with names and numbers in full."""
CALENDAR_CHANGES = ("calendar.import", "callback.moved")
"""Working days restated, and callbacks that followed them."""
