"""HTML becomes PDF bytes, by WeasyPrint. Fonts, style sheet and parsed CSS are shared by all documents of a process."""

import gc
import logging
from functools import cache

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from contracts.compose import TEMPLATES, agreement_html, receipt_html
from contracts.facts import AgreementFacts, ReceiptFacts
from contracts.typeface import font_faces, required_fonts

logging.getLogger("weasyprint").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


class OwnFonts(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Reads the documents' own font files and nothing else; used for our style sheet only, never for a page."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["file"], allow_redirects=False)
        self._own = {path.as_uri() for path in required_fonts()}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The font at the address. Raises ValueError for any other address."""
        if url not in self._own:
            raise ValueError(f"not one of the documents' fonts: {url}")
        return super().fetch(url, headers)


def render_agreement(facts: AgreementFacts) -> bytes:
    """The agreement as PDF, in this process and without a time limit; the service uses `render_worker.Renderer`."""
    return pdf(agreement_html(facts))


def render_receipt(facts: ReceiptFacts) -> bytes:
    """The service receipt as PDF, in this process and without a time limit."""
    return pdf(receipt_html(facts))


def pdf(html: str) -> bytes:
    """A page as PDF. Only `data:` addresses are read, whatever the page asks for. Raises FontsMissing."""
    fonts, style = shared()
    page = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=["data"], allow_redirects=False))
    number = page.etree_element.find('.//meta[@name="homeward-number"]')
    result: bytes = page.write_pdf(
        font_config=fonts,
        stylesheets=[style],
        pdf_tags=True,
        custom_metadata=True,
        dpi=200,
        jpeg_quality=78,
        pdf_identifier=None if number is None else number.get("content").encode(),
    )
    return result


@cache
def shared() -> tuple[FontConfiguration, CSS]:
    """Parsed once: neither the fonts nor the style sheet differ between documents, and parsing them anew leaks."""
    fonts = FontConfiguration()
    text = font_faces() + (TEMPLATES / "agreement.css").read_text(encoding="utf-8")
    style = CSS(string=text, font_config=fonts, url_fetcher=OwnFonts())
    gc.freeze()
    return fonts, style
