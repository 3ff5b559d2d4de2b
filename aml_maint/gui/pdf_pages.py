"""The pages of a PDF as pictures: the file itself as a reader shows it, not a second drawing."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtGui import QImage


class PageImage(NamedTuple):
    """A page as it looks, and its text for whoever can't see it."""

    image: QImage
    text: str


def page_images(document: bytes, width: int) -> tuple[PageImage, ...]:
    """Every page of a PDF, `width` pixels wide. To be called beside the window's thread."""
    import pypdfium2

    found = []
    with pypdfium2.PdfDocument(document) as opened:
        for page in opened:
            bitmap = page.render(scale=width / page.get_width(), rev_byteorder=True)
            picture = QImage(
                bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride,
                QImage.Format.Format_RGB888,
            )  # fmt: skip
            # The picture keeps no reference to the bytes; the copy owns its own.
            found.append(PageImage(picture.copy(), page.get_textpage().get_text_bounded()))
    return tuple(found)
