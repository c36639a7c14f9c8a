"""Logs name nobody."""

import logging
import sys
from io import StringIO

import pytest

from frenchimpact.logs import DiscreetFormatter


def formatted(message, *values, error=None):
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, message, values, error)
    return DiscreetFormatter("%(levelname)s %(message)s").format(record)


def test_an_address_is_masked_in_a_message():
    assert formatted("Envoyé à jean@exemple.fr.") == "ERROR Envoyé à [adresse masquée]."


def test_an_address_is_masked_in_the_values_of_a_message():
    assert formatted("Envoyé à %s", "jean@exemple.fr") == "ERROR Envoyé à [adresse masquée]"


@pytest.mark.parametrize(
    "address",
    [
        "jean.martin+label@mairie.exemple.fr",
        "JEAN_MARTIN-1@EXEMPLE.FR",
        "hélène@société.fr",
        "50%@exemple.fr",
    ],
)
def test_the_whole_address_is_masked(address):
    assert formatted(f"<{address}>, ({address})") == (
        "ERROR <[adresse masquée]>, ([adresse masquée])"
    )


@pytest.mark.parametrize("address", ["o'neil@exemple.fr", "jean/paul@exemple.fr", "a&b@exemple.fr"])
def test_an_address_may_hold_rarer_signs(address):
    assert formatted(f"Envoyé à {address}") == "ERROR Envoyé à [adresse masquée]"


def test_addresses_are_masked_in_tracebacks():
    try:
        raise ValueError("Key (email)=(jean@exemple.fr) already exists.")
    except ValueError:
        text = formatted("Échec", error=sys.exc_info())

    assert "jean" not in text
    assert text.endswith("ValueError: Key (email)=([adresse masquée]) already exists.")


def test_what_is_no_address_stays():
    text = "GET /manifeste/?a=b@ 3 @ 4 €, @label, 12:30"

    assert formatted(text.replace("%", "%%")) == f"ERROR {text}"


@pytest.fixture
def output():
    """What the site's own handler writes."""
    [handler] = [
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler.formatter, DiscreetFormatter)
    ]
    stream = StringIO()
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


def test_every_logger_writes_through_it(output):
    for name in ["frenchimpact", "django.request", "django.server", "django.security.csrf"]:
        logging.getLogger(name).error("Refusé à %s", "jean@exemple.fr")

    lines = output.getvalue().splitlines()
    assert [line.partition(" ERROR ")[2] for line in lines] == [
        "frenchimpact Refusé à [adresse masquée]",
        "django.request Refusé à [adresse masquée]",
        "django.server Refusé à [adresse masquée]",
        "django.security.csrf Refusé à [adresse masquée]",
    ]
