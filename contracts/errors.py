"""What can go wrong between facts and PDF. The service maps these to its own errors."""


class RenderError(Exception):
    """A document could not be made."""


class FontsMissing(RenderError):
    """Set-up has not built the fonts; the message says how to."""


class RenderTimeout(RenderError):
    """The document took longer than its time limit; its worker was stopped. Trying again may help."""


class RenderBusy(RenderError):
    """Too many documents are waiting already. Trying again later is right."""


class RenderCrashed(RenderError):
    """The worker died over the document."""


class BadImage(RenderError):
    """A photo is not what its media type says."""
