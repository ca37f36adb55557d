"""Photos in the size in which they are printed, so that a document is quick to make and light to send.

The photo itself is frozen by its digest in the facts; the dispute file has it attached as it was.
"""

from base64 import b64encode
from functools import lru_cache
from io import BytesIO

from markupsafe import Markup
from PIL import Image

from contracts.errors import BadImage
from contracts.facts import Photo

Box = tuple[int, int]
SMALL: Box = (340, 210)  # pixels: a strip of four gives each 42 by 26 mm, at 200 dpi
LARGE: Box = (1400, 1000)  # the width of the page
SIGNATURES = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
MOST_PIXELS = 64_000_000
QUALITY = 78


def thumbnail(photo: Photo) -> Markup:
    """A photo in small, as an address inside the page. Raises BadImage for bytes that are no such photo."""
    return _sized(photo.media_type, photo.content, SMALL)


def large(photo: Photo) -> Markup:
    """A photo as wide as the page. Raises BadImage for bytes that are no such photo."""
    return _sized(photo.media_type, photo.content, LARGE)


@lru_cache(maxsize=64)  # shown on the phone, then printed: the same photo several times within minutes
def _sized(media_type: str, content: bytes, box: Box) -> Markup:
    small = BytesIO()
    try:
        with Image.open(BytesIO(_checked(media_type, content))) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise BadImage("the photo has too many pixels")
            picture.draft("RGB", box)  # a JPEG is decoded at a fraction of its size
            picture.thumbnail(box)
            picture.convert("RGB").save(small, "JPEG", quality=QUALITY)
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise BadImage(f"the photo cannot be read: {error}") from error
    return Markup(f"data:image/jpeg;base64,{b64encode(small.getvalue()).decode()}")  # noqa: S704 - base64 is plain


def _checked(media_type: str, content: bytes) -> bytes:
    if not content.startswith(SIGNATURES[media_type]):
        raise BadImage(f"the photo is not {media_type}")
    return content
