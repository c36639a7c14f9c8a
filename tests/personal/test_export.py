"""``rgpd_export``: all that the site holds on a person, and no secret."""

import json
import stat

import pytest
from django.core.management import CommandError, call_command

from tests import factories
from tests.personal import everywhere
from tests.personal.everywhere import ADDRESS, NAME

pytestmark = pytest.mark.django_db


def exported(capsys, address=ADDRESS):
    call_command("rgpd_export", address)
    return json.loads(capsys.readouterr().out)


def test_every_place_is_there(client_of, capsys):
    user = everywhere.build()
    client_of(user)
    found = exported(capsys)

    assert found["adresse"] == ADDRESS
    account = found["compte"]
    assert (account["adresse électronique"], account["prénom et nom"]) == (ADDRESS, NAME)
    assert account["rôles"] == ["rédaction"]
    assert len(found["sessions ouvertes"]) == 1
    assert {
        "Accusés de réception (compte)",
        "Actes (by)",
        "Brouillons (compte)",
        "Coordinateurs (compte)",
        "Coordinateurs, historique (compte)",
        "Invitations (invité par)",
        "Points d’étape (rédigé par)",
        "Propositions (proposée par)",
        "Rappels (compte)",
        "Refus de rappels (compte)",
        "Relevés (déclaré par)",
        "Seconds facteurs (user)",
    } <= set(found["à son nom"])
    [reading] = found["à son nom"]["Relevés (déclaré par)"]
    assert ADDRESS in reading["source"]
    assert {"Invitations", "Invitations, historique", "Messages"} <= set(found["à son adresse"])
    assert any("compte" in act["objet"] for act in found["actes"])
    places = {place["où"].partition(",")[0] for place in written(found)}
    assert {"Territoires", "Défis", "Modifications proposées", "Messages", "Acteurs"} <= places
    assert any("historique" in place["où"] for place in written(found))


def written(found):
    return found["où l’adresse ou le nom du compte sont écrits"]


def test_no_secret(client_of, capsys):
    user = factories.user(email=ADDRESS, name=NAME, is_staff=True)
    browser = client_of(user)
    factories.message(to=ADDRESS, secret=True, subject="Code 123456", text="Le code est 123456.")
    factories.message(to=ADDRESS, subject="Bonjour", text="Un rappel.")
    call_command("rgpd_export", ADDRESS)
    text = capsys.readouterr().out

    assert "123456" not in text
    assert "Un rappel." in text
    assert user.password not in text
    assert user.authenticator_set.get().data["secret"] not in text
    assert browser.session.session_key not in text


def test_an_unknown_address_says_so():
    factories.user(email="autre@exemple.test")
    with pytest.raises(CommandError, match="ne sait rien de l’adresse inconnue@exemple.test"):
        call_command("rgpd_export", "inconnue@exemple.test")


def test_an_address_without_account(capsys):
    factories.message(to=ADDRESS)
    found = exported(capsys, ADDRESS.upper())
    assert found["compte"] == {}
    assert len(found["à son adresse"]["Messages"]) == 1


def test_to_a_file_that_nobody_else_reads_nor_was_there(tmp_path, capsys):
    factories.user(email=ADDRESS)
    path = tmp_path / "export.json"
    call_command("rgpd_export", ADDRESS, "--output", str(path))
    assert json.loads(path.read_text())["adresse"] == ADDRESS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "Écrit dans" in capsys.readouterr().out
    with pytest.raises(CommandError, match="ne peut être écrit"):
        call_command("rgpd_export", ADDRESS, "--output", str(path))
