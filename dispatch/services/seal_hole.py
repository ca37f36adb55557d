"""The one place of a sealed document that its seal does not cover: the hole in which the seal itself stands."""

from io import BytesIO

from pyhanko.pdf_utils.reader import PdfFileReader

from contracts.sealing.examine import examine


def differs_in_seal_only(pdf: bytes, recorded: bytes) -> bool:
    """Whether a file is the recorded document but for what stands in the hole: another seal was put there.

    Only where the recorded one is whole: otherwise it may be the record that was changed.
    """
    if pdf == recorded or len(pdf) != len(recorded):
        return False
    try:
        (seal,) = PdfFileReader(BytesIO(recorded)).embedded_signatures
        begin, end = int(seal.byte_range[1]), int(seal.byte_range[2])
    except Exception:  # whatever was put into the record: there is no seal that can be read
        return False
    return pdf[:begin] == recorded[:begin] and pdf[end:] == recorded[end:] and examine(recorded).whole
