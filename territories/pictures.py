"""Pictures that people send: redrawn, so that nothing of the file received is ever served.

What is kept of a picture is its pixels, in WebP at two widths, under a name drawn at random that
says its size: ``<32 hexadecimal digits>-<width>x<height>``. Names are never used twice and files
never change, so that anyone may keep them for ever.
"""

import os
import secrets
import warnings
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from PIL import Image, ImageOps

FORMATS = ["JPEG", "PNG", "WEBP"]
LARGE, SMALL = 1200, 480  # widths, in pixels; a narrower picture stays as it is
MOST_BYTES = 5 * 1024 * 1024
MOST_SIDE = 10_000
# A hundred megabytes once read; a telephone takes twelve million, a reflex twenty-four.
Image.MAX_IMAGE_PIXELS = 25_000_000
# A progressive JPEG has ten passes or so; in thousands, of a few bytes each, it takes hours.
START_OF_SCAN, MOST_SCANS = b"\xff\xda", 40
NAME = r"[0-9a-f]{32}-[1-9][0-9]{0,4}x[1-9][0-9]{0,4}"

# Pillow only warns of a picture up to twice as large as the limit.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


class Picture(str):
    """The name of a picture, large; ``files`` are those not written yet, by name."""

    files = None

    @property
    def size(self):
        return tuple(map(int, self[33:].split("x")))

    @property
    def width(self):
        return self.size[0]

    @property
    def height(self):
        return self.size[1]

    @property
    def is_tall(self):
        return self.height > self.width

    @property
    def url(self):
        return reverse("territories:picture", args=[self])

    @property
    def small(self):
        """The same, narrower; itself when it is narrow already."""
        return Picture(f"{self[:32]}-{'{}x{}'.format(*fitted(self.size, SMALL))}")


def fitted(size, most):
    """The size of a picture made no wider than ``most``."""
    width, height = size
    return size if width <= most else (most, max(1, round(height * most / width)))


def folder():
    return Path(settings.MEDIA_ROOT)


def path_of(name):
    return folder() / f"{name}.webp"


def read(upload) -> Picture:
    """The picture of a file that somebody sent, redrawn and named, in memory.

    ``ValidationError`` in words when it is no picture that can be read.
    """
    if upload.size > MOST_BYTES:
        raise ValidationError(
            f"Ce fichier pèse {filesizeformat(upload.size)}\u00a0; la limite est de "
            f"{filesizeformat(MOST_BYTES)}\u00a0: réduisez la photo, puis choisissez-la de nouveau."
        )
    data = upload.read()
    if data.count(START_OF_SCAN) > MOST_SCANS:
        raise ValidationError(UNREADABLE)
    try:
        return redrawn(data)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, TooLarge) as error:
        raise ValidationError(TOO_LARGE) from error
    # Hostile bytes in a reader of pictures: whatever it says, this is none that we can read.
    except Exception as error:
        raise ValidationError(UNREADABLE) from error


class TooLarge(Exception):
    """A picture with a side too long, whatever its surface."""


UNREADABLE = (
    "Ce fichier n’est pas une photo que nous sachions lire\u00a0: choisissez un fichier JPEG, PNG "
    "ou WebP en bon état."
)
TOO_LARGE = (
    "Cette photo a trop de points\u00a0: réduisez-la à 25 millions de points au plus "
    "(par exemple 6\u202f000\u00a0×\u00a04\u202f000), puis choisissez-la de nouveau."
)


def redrawn(data):
    with Image.open(BytesIO(data), formats=FORMATS) as opened:
        if max(opened.size) > MOST_SIDE:
            raise TooLarge
        opened.draft("RGB", (LARGE, LARGE))  # a JPEG can be read at a half, a quarter…
        image = upright(opened)
    large = fitted(image.size, LARGE)
    name = Picture(f"{secrets.token_hex(16)}-{large[0]}x{large[1]}")
    name.files = {str(picture): encoded(image, picture.size) for picture in {name, name.small}}
    return name


def upright(opened):
    """The first frame, as it was meant to be seen, in eight bits, with nothing but its pixels."""
    ImageOps.exif_transpose(opened, in_place=True)
    image = opened
    if image.mode.startswith("I"):  # sixteen bits: its lightest would all turn white
        image = image.point(lambda level: level * (1 / 256)).convert("L")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    image = image if image.mode == mode else image.convert(mode)
    image.info = {}  # metadata, colour profile: Pillow would write them again
    return image


def encoded(image, size):
    content = BytesIO()
    if image.size != size:
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    image.save(content, "WEBP", quality=80)
    return content.getvalue()


def keep(picture):
    """Write the files of a picture: all of them, whole, or none."""
    folder().mkdir(parents=True, exist_ok=True)
    written = []
    try:
        for name, content in picture.files.items():
            written.append(path_of(name))
            write(written[-1], content)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def write(path, content):
    """Give a file its name only once it is on the disk."""
    temporary = path.with_suffix(".tmp")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


class PictureField(models.CharField):
    """The name of a picture, or nothing; one that was just read is written with its row."""

    def __init__(self, **options):
        options = {
            "max_length": 44,
            "blank": True,
            "editable": False,
            "default": "",
            "db_default": "",
        } | options
        super().__init__(**options)

    def pre_save(self, instance, add):
        picture = getattr(instance, self.attname)
        if getattr(picture, "files", None):
            keep(picture)
            picture = Picture(picture)
            setattr(instance, self.attname, picture)
        return picture

    def from_db_value(self, value, expression, connection):
        return Picture(value) if value else ""


class Illustrated(models.Model):
    """Something with a picture, and with what the picture shows in words.

    To be named among the constraints of the model: ``described("…")``.
    """

    image = PictureField(verbose_name="image")
    image_alt = models.CharField(
        "ce que montre l’image",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="Lu à la place de l’image par qui ne la voit pas. Obligatoire avec une image.",
    )

    class Meta:
        abstract = True


def described(name):
    """The constraint that no picture goes without its words."""
    return models.CheckConstraint(
        condition=models.Q(image="") | ~models.Q(image_alt=""),
        name=name,
        violation_error_message="Dites en quelques mots ce que montre l’image.",
    )
