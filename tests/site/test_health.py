"""/sante/: what a probe reads."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


def read(client):
    response = client.get("/sante/")
    return response.status_code, response.content.decode().splitlines()


def test_in_service(client, db):
    assert read(client) == (200, ["en service", "base de données : répond", "migrations : à jour"])


def test_out_of_service_until_migrated(client, db):
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")

    assert read(client) == (
        503,
        ["en panne", "base de données : répond", "migrations : 1 en attente"],
    )


def test_out_of_service_without_database(client, dead_database):
    assert read(client) == (503, ["en panne", "base de données : ne répond pas"])


def test_the_answer_is_plain_and_never_kept(client, db):
    response = client.get("/sante/")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(("path", "status"), [("/sante/", 200), ("/accessibilite/", 301)])
def test_probes_come_over_plain_http(client, db, settings, path, status):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get(path).status_code == status
