"""What is exported and sent back changes nothing, whatever the texts."""

from datetime import date

import pytest

from challenges.exchange import ChallengeSheet, ObjectiveSheet, ReadingSheet
from challenges.models import Audience, Challenge, Objective, Reading
from territories.exchange import files
from territories.exchange.sheets import CommitmentSheet, OrganisationSheet, TerritorySheet
from territories.models import Commitment, Organisation, Territory
from tests import factories

SHEETS = [
    TerritorySheet,
    OrganisationSheet,
    ChallengeSheet,
    ObjectiveSheet,
    ReadingSheet,
    CommitmentSheet,
]
NASTY = [
    "=1+1",
    "'=1+1",
    "''-2",
    "+33 1 02",
    "-5",
    "@moi",
    "＝1",
    " espace devant",
    "L’été ; l'hiver, « œuvre »",
    'des "guillemets"; et;des points-virgules',
    "deux\nlignes",
    "deux\r\nlignes et un retour\r\n",
    "\tune tabulation",
    "31/12/2025",
    "0012",
    "#N/A",
    "oui",
    "'",
    "𝒜 emoji 🎈",
]


@pytest.fixture
def data(db):
    west = factories.area(level="region", code="93", name="Provence-Alpes-Côte d’Azur")
    epci = factories.area(name="CA (dite « du Pays ») de l’Est", parents=[west])
    commune = factories.area(level="commune", code="06069", name="Grasse", parents=[west])
    axis, tool = factories.pillar(1), factories.instrument()
    themes = [factories.theme(name=name) for name in ["habitat", "a ; b", "santé"]]
    audience = Audience.objects.create(name="personnes âgées; isolées", slug="agees")
    for text in NASTY:
        place = factories.territory(
            name=f"Pays {text.strip()}"[:120],
            summary=text,
            presentation=f"{text}\n\n{text}",
            areas=[west, epci],
            anchor=commune,
        )
        carrier = factories.organisation(name=text, description=text)
        challenge = factories.challenge(
            territory=place, carrier=carrier, title=text, need=text, stage="deployment"
        )
        challenge.themes.set(themes)
        challenge.audiences.set([audience])
        objective = factories.objective(challenge=challenge, wording=text, baseline="-3.50")
        factories.objective(challenge=challenge, kind="qualitative")
        for value in ["-12.50", "1000000.25", "3"]:
            factories.reading(objective=objective, value=value, source=text, comment=text)
        factories.commitment(territory=place, pillar=axis, title=text, instrument=tool)
    factories.commitment(territory=place, pillar=axis, title="Deux fois", due_on=date(2025, 12, 31))
    factories.commitment(
        territory=place, pillar=axis, title="Deux fois", state="done", done_on=date(2020, 1, 1)
    )


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
@pytest.mark.parametrize("sheet", SHEETS)
def test_nothing_changes(data, sheet, extension):
    model = sheet._meta.model
    headings = sheet().headings()
    lines = sheet().lines(model.objects.all(), headings)
    table = files.read(files.written(extension, headings, lines))
    report = sheet().tell(table)
    told = [o for o in report.outcomes if o.kind != "unchanged"]
    assert told == []
    assert len(report.outcomes) == model.objects.count()


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_comes_back_whole(data, extension):
    """On a database without the rows, the file makes the same ones."""
    headings = OrganisationSheet().headings()
    lines = OrganisationSheet().lines(Organisation.objects.all(), headings)
    content = files.written(extension, headings, lines)
    wanted = sorted(o.name.replace("\r\n", "\n").strip() for o in Organisation.objects.all())
    for model in [Reading, Objective, Commitment, Challenge, Territory, Organisation]:
        model.objects.all().delete()
    assert OrganisationSheet().carry_out(files.read(content)).is_written
    assert sorted(o.name for o in Organisation.objects.all()) == wanted


def test_no_cell_is_a_formula(data):
    headings = ReadingSheet().headings()
    lines = ReadingSheet().lines(Reading.objects.all(), headings)
    content = files.written("csv", headings, lines).decode("utf-8-sig")
    assert '\n"=' not in content
    assert ";=" not in content
    assert ";-12,5;" in content  # a negative number stays one
    assert ";'-5" in content  # a text that looks like one does not run
