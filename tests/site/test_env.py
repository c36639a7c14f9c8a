"""What the environment must say before the site starts, and what it answers otherwise."""

import os
import re
import runpy
import subprocess
import sys

import pytest
from django.apps import apps
from django.conf import settings as site_settings
from django.core.exceptions import ImproperlyConfigured

from frenchimpact import env

PRODUCTION = {
    "SECRET_KEY": "x" * 60,
    "ALLOWED_HOSTS": "label.exemple.fr",
    "SITE_URL": "https://label.exemple.fr",
    "DATABASE_URL": "postgres://portail:secret@bdd.exemple.fr:5433/portail",
}
OTHERS = ["EMAIL_HOST", "EMAIL_PORT", "EMAIL_SECURITY", "DEFAULT_FROM_EMAIL"]
OTHERS += ["DEBUG", "HTTPS", "BEHIND_PROXY", "STATE_BRAND", "LOG_LEVEL", "STATIC_ROOT"]
PROCONNECT = ["PROCONNECT_URL", "PROCONNECT_CLIENT_ID", "PROCONNECT_CLIENT_SECRET"]


@pytest.fixture
def start(monkeypatch):
    """``start(NAME="value")``: the settings of a production that differs by these variables."""

    def settings_of(**changes):
        for name in [*PRODUCTION, *OTHERS, *PROCONNECT]:
            monkeypatch.delenv(name, raising=False)
        for name, value in (PRODUCTION | changes).items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(site_settings.BASE_DIR / "frenchimpact" / "settings.py"))

    return settings_of


# The readers.


def test_text_is_obligatory_without_a_default(monkeypatch):
    monkeypatch.setenv("NOM", "  un nom ")
    assert env.text("NOM") == "un nom"

    for value in ["", "   "]:
        monkeypatch.setenv("NOM", value)
        assert env.text("NOM", "défaut") == "défaut"
        assert env.text("NOM", "") == ""
        with pytest.raises(ImproperlyConfigured) as raised:
            env.text("NOM")
        assert str(raised.value) == "La variable d’environnement NOM est obligatoire."


def test_a_boolean_is_said_in_few_ways(monkeypatch):
    expected = dict.fromkeys(["1", "true", "YES", "Oui", " on "], True)
    expected |= dict.fromkeys(["0", "false", "NO", "Non", "off"], False)

    for value, meaning in expected.items():
        monkeypatch.setenv("NOM", value)
        assert env.boolean("NOM", not meaning) is meaning, value
    monkeypatch.setenv("NOM", "")
    assert [env.boolean("NOM", True), env.boolean("NOM", False)] == [True, False]


def test_a_boolean_said_otherwise_stops_the_start(monkeypatch):
    monkeypatch.setenv("NOM", "Vrai")

    with pytest.raises(ImproperlyConfigured) as raised:
        env.boolean("NOM", False)
    assert str(raised.value) == "NOM vaut « vrai » : attendu oui ou non (1 ou 0)."


def test_an_integer(monkeypatch):
    monkeypatch.setenv("NOM", " 60 ")
    assert env.integer("NOM", 5) == 60
    monkeypatch.setenv("NOM", "")
    assert env.integer("NOM", 5) == 5

    for value in ["-1", "1.5", "soixante", "٦٠", "0"]:
        monkeypatch.setenv("NOM", value)
        with pytest.raises(ImproperlyConfigured) as raised:
            env.integer("NOM", 5, minimum=1)
        assert str(raised.value) == f"NOM vaut « {value} » : attendu un entier ≥ 1."


def test_words_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("NOM", " un, deux ,,")

    assert env.words("NOM") == ["un", "deux"]
    assert env.words("AUTRE", "trois") == ["trois"]


def test_an_origin_is_an_address_without_path(monkeypatch):
    for value in ["https://exemple.fr", "http://127.0.0.1:8000"]:
        monkeypatch.setenv("NOM", value)
        assert env.origin("NOM") == value

    for value in [
        "https://exemple.fr/",
        "https://exemple.fr/ici",
        "exemple.fr",
        "ftp://a",
        "https://",
    ]:
        monkeypatch.setenv("NOM", value)
        with pytest.raises(ImproperlyConfigured, match=f"NOM vaut « {re.escape(value)} »"):
            env.origin("NOM")


# The settings.


def test_production_needs_no_more(start):
    settings = start()

    assert settings["DEBUG"] is False
    assert settings["SECURE_SSL_REDIRECT"] is True
    assert settings["ALLOWED_HOSTS"] == ["label.exemple.fr"]
    assert settings["SITE_URL"] == "https://label.exemple.fr"
    assert "SECURE_PROXY_SSL_HEADER" not in settings
    database = settings["DATABASES"]["default"]
    assert [database[key] for key in ["USER", "PASSWORD", "HOST", "PORT", "NAME"]] == [
        *("portail", "secret", "bdd.exemple.fr", 5433, "portail")
    ]


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL"])
def test_production_starts_with_nothing_by_default(start, name):
    with pytest.raises(ImproperlyConfigured) as raised:
        start(**{name: ""})
    assert str(raised.value) == f"La variable d’environnement {name} est obligatoire."


def test_development_needs_nothing(start):
    settings = start(DEBUG="1", **dict.fromkeys(PRODUCTION, ""))

    assert settings["DEBUG"] is True
    assert settings["SECURE_SSL_REDIRECT"] is False
    assert settings["SITE_URL"] == "http://127.0.0.1:8000"
    assert settings["DATABASES"]["default"]["ENGINE"] == "django.db.backends.sqlite3"


@pytest.mark.parametrize("name", ["DEBUG", "HTTPS", "BEHIND_PROXY", "STATE_BRAND"])
def test_a_wrong_boolean_stops_the_start(start, name):
    with pytest.raises(ImproperlyConfigured, match=f"^{name} vaut « peut-être »"):
        start(**{name: "peut-être"})


def test_the_proxy_is_trusted_only_when_told(start):
    settings = start(BEHIND_PROXY="1")

    assert settings["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


# The mail.


def test_a_wrong_choice_stops_the_start(start):
    with pytest.raises(ImproperlyConfigured) as raised:
        start(EMAIL_SECURITY="ssl")
    assert str(raised.value) == "EMAIL_SECURITY vaut « ssl » : attendu none, starttls, tls."


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, ("localhost", 25, False, False)),
        ({"EMAIL_HOST": "smtp.test"}, ("smtp.test", 587, True, False)),
        ({"EMAIL_HOST": "smtp.test", "EMAIL_SECURITY": "tls"}, ("smtp.test", 465, False, True)),
        ({"EMAIL_HOST": "smtp.test", "EMAIL_PORT": "2525"}, ("smtp.test", 2525, True, False)),
    ],
)
def test_mail_is_protected_on_its_way(start, variables, expected):
    settings = start(**variables)

    names = ["EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_USE_SSL"]
    assert tuple(settings[name] for name in names) == expected
    assert settings["OUTBOX_DELIVERY_BACKEND"] == "outbox.smtp.DeliveryBackend"
    assert settings["DEFAULT_FROM_EMAIL"].endswith("<ne-pas-repondre@label.exemple.fr>")


# The database.


@pytest.mark.parametrize(
    "address",
    [
        "postgres://portail:motdepasse@bdd:port/portail",
        "postgres://portail:mot/depasse@bdd/portail",
        "postgres://portail:mot[depasse@bdd/portail",
        "portail:motdepasse@bdd/portail",
        "motdepasse",
    ],
)
def test_an_unreadable_database_address_is_not_repeated(start, address):
    with pytest.raises(ImproperlyConfigured) as raised:
        start(DATABASE_URL=address)
    said = f"{raised.value} {raised.value.__cause__}"
    assert said.startswith("DATABASE_URL est illisible : attendu postgres://")
    assert "depasse" not in said.replace("utilisateur:motdepasse@hote", "")


def test_another_database_is_refused(start):
    with pytest.raises(ImproperlyConfigured) as raised:
        start(DATABASE_URL="mysql://portail:secret@bdd/portail")
    assert str(raised.value) == "DATABASE_URL : seules PostgreSQL et SQLite sont prises en charge."


def test_the_options_of_the_database_address_are_kept(start):
    settings = start(DATABASE_URL=PRODUCTION["DATABASE_URL"] + "?sslmode=require")

    assert settings["DATABASES"]["default"]["OPTIONS"]["sslmode"] == "require"


def test_nothing_secret_is_printed_when_the_start_fails():
    """Asked of another process: what an operator would see, traceback included."""
    variables = PRODUCTION | {"DATABASE_URL": "postgres://portail:mot/depasse@bdd/portail"}
    done = subprocess.run(
        [sys.executable, "-c", "import frenchimpact.settings"],
        env={"PATH": os.environ["PATH"]} | variables,
        cwd=site_settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "ImproperlyConfigured: DATABASE_URL est illisible" in done.stderr
    assert "depasse@bdd" not in done.stderr
    assert PRODUCTION["SECRET_KEY"] not in done.stderr


# Who answers for the site.


def test_production_refuses_to_go_without_saying_who_answers(settings):
    settings.DEBUG = False
    settings.LEGAL = {"publisher": "L’éditeur", "host": "", "dpo": ""}

    with pytest.raises(ImproperlyConfigured) as raised:
        apps.get_app_config("frenchimpact").ready()
    assert str(raised.value).endswith("À renseigner : LEGAL_HOST, LEGAL_DPO.")


def test_it_goes_when_everything_is_said_or_in_development(settings):
    config = apps.get_app_config("frenchimpact")

    settings.LEGAL, settings.DEBUG = {"publisher": "L’éditeur"}, False
    config.ready()
    settings.LEGAL, settings.DEBUG = {"publisher": ""}, True
    config.ready()


def test_proconnect_is_set_whole_or_not_at_all(start):
    address, name, secret = PROCONNECT
    values = {address: "https://proconnect.exemple.fr/api/v2", name: "portail", secret: "tu"}
    assert start()["PROCONNECT"] is None
    assert start(**values)["PROCONNECT"] == {
        "url": "https://proconnect.exemple.fr/api/v2",
        "client_id": "portail",
        "client_secret": "tu",
    }
    for variable in values:
        with pytest.raises(ImproperlyConfigured, match=f"renseignez aussi {variable}, "):
            start(**values | {variable: " "})


@pytest.mark.parametrize(
    "value",
    [
        "proconnect.exemple.fr",
        "http://proconnect.exemple.fr/api/v2",
        "https://proconnect.exemple.fr/api/v2/",
        "https://proconnect.exemple.fr/api/v2?a=b",
        "https://nom:secret@proconnect.exemple.fr",
        "https://[proconnect",
        "https://",
    ],
)
def test_proconnect_is_at_a_secure_address(monkeypatch, value):
    monkeypatch.setenv("PROCONNECT_URL", value)
    with pytest.raises(ImproperlyConfigured, match="PROCONNECT_URL vaut"):
        env.secure_address("PROCONNECT_URL")


def test_a_provider_on_this_machine_may_do_without_tls(monkeypatch):
    monkeypatch.setenv("PROCONNECT_URL", "http://127.0.0.1:9000/api/v2")
    assert env.secure_address("PROCONNECT_URL") == "http://127.0.0.1:9000/api/v2"
