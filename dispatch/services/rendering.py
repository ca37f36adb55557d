"""The wing of agreements as the rest of the service sees it: the renderer, and whether it is in order."""

from markupsafe import Markup

from contracts import compose, sample
from contracts.errors import RenderError
from contracts.facts import AgreementFacts, ReceiptFacts
from contracts.render_worker import Renderer
from contracts.sheet import Sheet
from contracts.typeface import missing_glyphs
from dispatch.domain.errors import N_, Busy

__all__ = ["RenderError", "Renderer", "draw_sample", "missing_glyphs", "printed", "shown_html", "specimen_sheet"]


def shown_html(facts: AgreementFacts | ReceiptFacts) -> Markup:
    """What a signer has on the screen: the body of the very page that is printed."""
    return compose.shown(facts)


def specimen_sheet(facts: AgreementFacts) -> Sheet:
    """An agreement of nobody, to see how a form prints: marked as a specimen on every page, with nothing attached."""
    return compose.specimen_sheet(facts)


def printed(renderer: Renderer, sheet: Sheet) -> bytes:
    """A sheet as PDF. Raises Busy when it cannot be made now."""
    try:
        return renderer.print(sheet)
    except RenderError as error:
        raise Busy("rendering_failed", N_("The document could not be made just now: please try again")) from error


def draw_sample() -> None:
    """Draw a sample agreement from beginning to end. Raises RenderError."""
    renderer = Renderer()
    try:
        renderer.agreement(sample.agreement())
    finally:
        renderer.close()
