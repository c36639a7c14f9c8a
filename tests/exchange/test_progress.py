"""A long import says how far it is while it reads, then gives the same report as a short one."""

import pytest
from django.http import StreamingHttpResponse

from challenges.exchange import ReadingSheet
from challenges.models import Reading
from territories.exchange import files, progress
from tests import factories
from tests.exchange.test_many import HEADINGS, table
from tests.exchange.test_pages import READINGS, confirmed, sent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]
ROWS = 1_000


@pytest.fixture
def content():
    factories.objective(challenge=factories.challenge(slug="maison"))
    return files.written("csv", HEADINGS, table(ROWS, "maison").rows).decode()


def pieces(response):
    assert isinstance(response, StreamingHttpResponse)
    assert "no-store" in response["Cache-Control"]
    return [piece.decode() for piece in response.streaming_content]


def test_it_is_read_then_written_and_says_how_far_it_is(admin_client, admin_user, content):
    first, *steps, report, last = pieces(sent(admin_client, READINGS, content))

    assert "Import de" in first
    assert len(steps) == progress.STEPS
    assert 'value="50"' in steps[0]
    assert 'value="1000"' in steps[-1]
    assert "Rien n’est écrit encore" in report
    assert "</html>" in last
    assert not Reading.objects.exists()

    *_, report, _ = pieces(confirmed(admin_client, READINGS, Answer(report)))
    assert "1000 nouvelles, 0 modifiées, 0 inchangées, 0 refusées" in report
    assert (
        Reading.objects.count() == Reading.history.filter(history_user=admin_user).count() == ROWS
    )


def test_what_stops_a_short_one_stops_a_long_one(admin_client, content):
    *_, report, _ = pieces(sent(admin_client, READINGS, content + "maison;1;hier;3;Enquête\n"))
    assert "<strong>1</strong> refusée" in report

    *_, report, _ = pieces(confirmed(admin_client, READINGS, Answer(report)))

    assert "Rien n’est écrit\u00a0: des lignes sont refusées." in report
    assert not Reading.objects.exists()


def test_a_fault_on_the_way_is_said_and_writes_nothing(admin_client, content, monkeypatch, caplog):
    def break_down(self, table):
        raise RuntimeError("panne")

    monkeypatch.setattr(ReadingSheet, "prepare", break_down)

    *_, said, last = pieces(sent(admin_client, READINGS, content))

    assert "L’import s’est interrompu" in said
    assert "</html>" in last
    assert "panne" in caplog.text
    assert not Reading.objects.exists()


class Answer:
    """A piece of an answer, where a test looks for a token as in a whole one."""

    def __init__(self, text):
        self.text = text
        self.content = text.encode()
