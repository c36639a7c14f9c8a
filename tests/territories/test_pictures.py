"""Pictures that people send: redrawn or refused, kept whole or not at all."""

import os
import time
from io import BytesIO, StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from PIL import Image, ImageCms

from challenges.models import Challenge
from territories.pictures import NAME, Picture, keep, path_of, read
from tests import factories
from tests.hostile import REDRAWN, REFUSED


@pytest.fixture
def media(settings, tmp_path):
    """An empty folder of pictures."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def drawn(picture):
    """Each file of a picture just read, opened."""
    return [Image.open(BytesIO(content)) for content in picture.files.values()]


# What is kept.


@pytest.mark.parametrize(
    ("sent", "sizes"),
    [
        ((3000, 2000), {(1200, 800), (480, 320)}),
        ((1200, 900), {(1200, 900), (480, 360)}),
        ((600, 900), {(600, 900), (480, 720)}),
        ((300, 200), {(300, 200)}),
        ((1, 1), {(1, 1)}),
        ((9000, 2), {(1200, 1), (480, 1)}),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_redrawn_at_two_widths_and_never_enlarged(sent, sizes, kind):
    picture = factories.picture(size=sent, kind=kind)

    files = drawn(picture)
    assert {file.size for file in files} == sizes
    assert {file.format for file in files} == {"WEBP"}
    assert picture.size == max(sizes)
    assert {path_of(picture).stem, path_of(picture.small).stem} == set(picture.files)


def test_its_name_is_drawn_at_random():
    names = {read(factories.photo("ma-maison.jpg")) for _ in range(3)}

    assert len(names) == 3
    for name in names:
        assert Picture(name).size == (1200, 900)
        assert "maison" not in name


def test_it_is_shown_as_it_was_held():
    turned = Image.Exif()
    turned[0x0112] = 6  # a quarter turn
    picture = read(factories.photo(size=(800, 400), exif=turned))

    assert picture.size == (400, 800)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_is_kept_of_who_took_it_where_and_with_what(kind):
    exif = Image.Exif()
    exif[0x010F] = "Appareil SECRET"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 7.0)})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sent = factories.photo(
        kind=kind, exif=exif, icc_profile=profile, xmp=b"<x:xmpmeta>SECRET</x:xmpmeta>"
    )
    assert b"SECRET" in sent.read()
    sent.seek(0)

    picture = read(sent)

    for name, content in picture.files.items():
        assert b"SECRET" not in content, name
        assert not any(chunk in content for chunk in [b"EXIF", b"XMP ", b"ICCP"]), name
    for file in drawn(picture):
        assert dict(file.getexif()) == {}
        assert not {"exif", "xmp", "icc_profile"} & set(file.info)


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("CMYK", (0, 255, 255, 0), (255, 0, 0)),
        ("L", 128, (128, 128, 128)),
        ("1", 1, (255, 255, 255)),
        ("I;16", 0x8000, (128, 128, 128)),
        ("P", 0, (0, 0, 0)),
    ],
)
def test_other_colours_are_read(mode, colour, expected):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    content = BytesIO()
    Image.new(mode, (40, 40), colour).save(content, kind)

    [file] = drawn(read(SimpleUploadedFile("a", content.getvalue())))

    found = file.convert("RGB").getpixel((20, 20))
    assert all(abs(a - b) <= 6 for a, b in zip(found, expected, strict=True)), found


def test_a_transparent_picture_stays_so():
    content = BytesIO()
    Image.new("RGBA", (40, 40), (255, 0, 0, 0)).save(content, "PNG")

    [file] = drawn(read(SimpleUploadedFile("a.png", content.getvalue())))

    assert file.convert("RGBA").getpixel((20, 20))[3] == 0


# What is sent to harm.


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_in_words(name, media):
    sent, message = REFUSED[name]()

    with pytest.raises(ValidationError) as raised:
        read(sent)
    assert message in raised.value.messages[0]
    assert not media.exists()


@pytest.mark.parametrize("name", REDRAWN)
def test_what_hides_in_a_picture_is_gone(name):
    sent, payload = REDRAWN[name]()

    picture = read(sent)

    for file, content in zip(drawn(picture), picture.files.values(), strict=True):
        assert payload not in content
        assert getattr(file, "n_frames", 1) == 1
        assert dict(file.getexif()) == {}


def test_twenty_one_hostile_files_at_least():
    assert len(REFUSED) + len(REDRAWN) >= 21


# Files and rows.


@pytest.mark.django_db
def test_the_files_are_written_with_the_row(media):
    challenge = factories.challenge()
    challenge.image, challenge.image_alt = factories.picture(), "Une maison"
    assert not media.exists()

    challenge.save()

    image = Challenge.objects.get().image
    assert {path.name for path in media.iterdir()} == {f"{image}.webp", f"{image.small}.webp"}
    assert challenge.history.first().image == image
    modified = path_of(image).stat().st_mtime_ns
    challenge.save()  # they never change
    assert path_of(image).stat().st_mtime_ns == modified


@pytest.mark.django_db
def test_a_picture_goes_with_its_words(media):
    for factory in [factories.challenge, factories.territory, factories.report]:
        with pytest.raises(IntegrityError), transaction.atomic():
            factory(image=f"{'a' * 32}-1200x900", image_alt="")


@pytest.mark.parametrize("place", ["fsync", "replace"])
@pytest.mark.parametrize("time", [1, 2])
def test_a_full_disk_leaves_no_file(media, monkeypatch, place, time):
    """The first file cannot be written, or the second."""
    picture = factories.picture()
    calls, real = [], getattr(os, place)

    def refuse(*arguments):
        calls.append(arguments)
        if len(calls) == time:
            raise OSError(28, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(os, place, refuse)

    with pytest.raises(OSError, match="No space left"):
        keep(picture)
    assert len(calls) == time
    assert [*media.iterdir()] == []


# /media/<name>.webp


@pytest.mark.django_db
def test_a_picture_is_served_for_ever_and_does_nothing_else(client, media):
    picture = factories.picture()
    keep(picture)

    response = client.get(picture.url)

    assert response.content == picture.files[picture]
    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'"
    assert not response.cookies
    assert client.get(picture.small.url).content == picture.files[picture.small]
    assert client.get(picture.url, headers={"if-none-match": response["ETag"]}).status_code == 304


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    ["../portail.sqlite3", "..%2f..%2fetc%2fpasswd", "a.webp", f"{'a' * 32}-0x1", f"{'A' * 32}-1x1"]
    + [f"{'a' * 32}-1x1.webp/..", f"{'a' * 32}-1x1\n", f"{'a' * 32}-1x1%00", f"{'a' * 32}-1x1"],
)
def test_nothing_else_is_served(client, media, name):
    media.mkdir()
    (media / "a.webp").write_bytes(b"CONFIDENTIEL")

    assert client.get(f"/media/{name}.webp").status_code == 404


# purge_pictures


def age(media, days):
    for path in media.iterdir():
        os.utime(path, (time.time() - days * 86400,) * 2)


def purge(**options):
    out = StringIO()
    call_command("purge_pictures", stdout=out, **options)
    return out.getvalue().strip()


@pytest.mark.django_db
def test_files_go_when_nothing_names_them_any_more(media):
    challenge = factories.challenge(image=factories.picture(), image_alt="Une maison")
    old = challenge.image
    challenge.image = factories.picture()
    challenge.save()
    keep(factories.picture())  # of a row that was never written
    (media / "coupé.tmp").write_bytes(b"...")

    assert purge() == "Fichiers supprimés : 0."  # a row may be on its way
    age(media, days=2)
    assert purge() == "Fichiers supprimés : 3."
    assert path_of(old).exists()

    assert purge(history=True) == "Fichiers supprimés : 2."
    kept = {path_of(challenge.image), path_of(challenge.image.small)}
    assert set(media.iterdir()) == kept


@pytest.mark.django_db
def test_there_may_be_no_picture_at_all(media):
    assert purge() == "Fichiers supprimés : 0."


def test_a_name_is_all_an_address_may_hold():
    assert connection.vendor  # the route is built from it: see territories/urls.py
    assert NAME.count("(") == 0
