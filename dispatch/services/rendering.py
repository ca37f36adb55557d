"""The wing of agreements as the rest of the service sees it: the renderer, and whether it is in order."""

from contracts import sample
from contracts.errors import RenderError
from contracts.render_worker import Renderer
from contracts.typeface import missing_glyphs

__all__ = ["RenderError", "Renderer", "draw_sample", "missing_glyphs"]


def draw_sample() -> None:
    """Draw a sample agreement from beginning to end. Raises RenderError."""
    renderer = Renderer()
    try:
        renderer.agreement(sample.agreement())
    finally:
        renderer.close()
