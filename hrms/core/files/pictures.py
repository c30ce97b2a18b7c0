"""Pictures that may be kept: decoded to the last line, within a bound; and portraits made anew from them."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

from PIL import Image, ImageOps

from hrms.core.files.refusals import Refusing

MOST_MEGAPIXELS = 50
"""A picture of a telephone of today has 12 to 50; beyond that decoding costs more memory than it is worth."""
PORTRAIT = (600, 900)
"""The 4 × 6 cm photograph at 380 dots an inch."""
LEAST_PORTRAIT = (160, 240)
"""About 100 dots an inch."""
_QUALITY = 88
_FACE = (0.5, 0.35)
"""What is cut away of too tall a picture: less above, where the head is."""
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error, zlib.error,
           Image.DecompressionBombError, Image.DecompressionBombWarning)  # fmt: skip


def check_picture(path: Path, refusing: Refusing) -> None:
    """Raise `Refused` unless the file is a JPEG or PNG that decodes whole and is not too large."""
    _decoded(path, refusing)


def portrait(path: Path, refusing: Refusing) -> bytes:
    """Return the picture as a JPEG of 4:6 within 600 × 900 pixels: upright, cut around the face, without its metadata.

    Raises `Refused` for what cannot be decoded, and for pictures too large or too small.
    """
    picture = ImageOps.exif_transpose(_decoded(path, refusing))
    wide, tall = LEAST_PORTRAIT
    if picture.width < wide or picture.height < tall:
        raise refusing.too_few_pixels(picture.width, picture.height, LEAST_PORTRAIT)
    if picture.has_transparency_data:
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture.convert("RGBA"))
    picture = picture.convert("RGB")
    unit = min(picture.width // 2, picture.height // 3, PORTRAIT[0] // 2)
    made = ImageOps.fit(picture, (unit * 2, unit * 3), Image.Resampling.LANCZOS, centering=_FACE)
    fresh = Image.new("RGB", made.size)  # only the points go over; what the camera noted stays behind
    fresh.paste(made)
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


def _decoded(path: Path, refusing: Refusing) -> Image.Image:
    try:
        with Image.open(path, formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height <= MOST_MEGAPIXELS * 1_000_000:
                picture.load()
                return picture.copy()
            size = picture.size
    except _BROKEN as error:
        raise refusing.damaged() from error
    raise refusing.too_many_pixels(*size, MOST_MEGAPIXELS)
