"""A photo joined to a « point d’étape »: shown with its words, or refused beside its field."""

import os
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from challenges.models import ProgressReport
from space.models import Draft
from tests import factories
from tests.hostile import REDRAWN, REFUSED

pytestmark = pytest.mark.django_db

FORM = "/espace/grasse/point/habiter/"
WORDS = {"mood": "moving", "text": "Bien.", "image_alt": "Une maison"}


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def send(signed_in, grasse, media):
    """``send(**typed)``: the form of « Habiter », with what is typed and joined."""
    client = signed_in("contributor")

    def sent(act="save", **typed):
        return client.post(FORM, {"key": uuid4(), "act": act} | typed)

    sent.client, sent.challenge = client, grasse.challenge
    return sent


def test_it_is_public_at_once_with_its_words(send, client, media):
    assert send(**WORDS, photo=factories.photo("IMG_0042.jpg")).status_code == 302

    report = ProgressReport.objects.get()
    assert report.image.size == (1200, 900)
    html = client.get(send.challenge.get_absolute_url()).content.decode()
    assert f'src="{report.image.url}"' in html
    assert f"{report.image.small.url} 480w, {report.image.url} 1200w" in html
    assert 'width="1200" height="900"' in html
    assert 'alt="Une maison"' in html
    assert "IMG_0042" not in html
    assert client.get(report.image.small.url).status_code == 200


def test_the_same_form_twice_keeps_one_picture(send, media):
    key = uuid4()
    for _ in range(2):
        send(**WORDS, key=key, photo=factories.photo())

    assert ProgressReport.objects.count() == 1
    assert len([*media.iterdir()]) == 2


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"image_alt": ""}, {"image_alt": "Dites ce que montre la photo"}),
        ({"image_alt": "x" * 201}, {"image_alt": "200"}),
        ({"text": "", "mood": ""}, {"text": "ce que la photo apporte", "mood": "où en est"}),
        ({"mood": ""}, {"mood": "Choisissez où en est le défi."}),
        ({"text": ""}, {"text": "Dites en quelques mots"}),
        ({"act": "nothing_new", "text": "", "image_alt": ""}, {"__all__": "ou joint une photo"}),
    ],
)
def test_what_a_photo_needs_is_said_and_the_photo_asked_for_again(send, media, typed, errors):
    response = send(**WORDS | {"photo": factories.photo()} | typed)

    found = response.context["invalid"].errors
    for field, message in errors.items():
        assert message in " ".join(found[field]), found
    assert found["photo"] == [
        "Choisissez de nouveau la photo\u00a0: le navigateur ne l’a pas gardée."
    ]
    assert set(found) == {*errors, "photo"}
    html = response.content.decode()
    assert typed.get("text", WORDS["text"]) in html
    assert not ProgressReport.objects.exists()
    assert not media.exists()


def test_words_without_their_photo_are_asked_about(send):
    errors = send(**WORDS).context["invalid"].errors

    assert errors == {
        "photo": ["Choisissez la photo que vous décrivez, ou effacez sa description."]
    }


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_beside_its_field(send, media, name):
    response = send(**WORDS, photo=REFUSED[name]()[0])

    assert response.status_code == 200
    [message] = response.context["invalid"].errors["photo"]
    assert any(word in message for word in ["photo", "fichier"])
    assert not ProgressReport.objects.exists()
    assert not media.exists()


@pytest.mark.parametrize("name", REDRAWN)
def test_what_hides_in_a_file_is_never_served(send, client, media, name):
    sent, payload = REDRAWN[name]()

    assert send(**WORDS, photo=sent).status_code == 302

    report = ProgressReport.objects.get()
    for path in media.iterdir():
        assert path.stem in {report.image, report.image.small}
        assert payload not in path.read_bytes()


def test_six_files_are_too_many(send):
    names = [f"photo{n}" for n in range(6)]
    many = {name: SimpleUploadedFile(name, b"x") for name in names}

    assert send(**WORDS, **many).status_code == 400
    assert not ProgressReport.objects.exists()


def test_a_full_disk_is_said_and_leaves_neither_row_nor_file(send, media, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    send.client.raise_request_exception = False

    response = send(**WORDS, photo=factories.photo())

    assert response.status_code == 507
    html = response.content.decode()
    assert "Plus de place pour enregistrer" in html
    assert "Erreur 507" in html
    assert not ProgressReport.objects.exists()
    assert [*media.iterdir()] == []


def test_a_draft_keeps_words_alone(send, media):
    send.client.post(f"{FORM}brouillon/", {"text": "À moitié", "photo": factories.photo()})

    assert Draft.objects.get().fields == {"text": "À moitié"}
    assert not media.exists()
