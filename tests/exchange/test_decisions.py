"""A spreadsheet writes what a form would; it takes no decision that an act takes, and tells of."""

from datetime import timedelta

import pytest
from django.utils import timezone

from challenges.exchange import ChallengeSheet, ObjectiveSheet, ReadingSheet
from challenges.models import Challenge, Reading
from outbox.models import Message
from territories.exchange import files
from territories.exchange.sheets import CommitmentSheet, OrganisationSheet, TerritorySheet
from territories.merging import merge
from territories.models import FormerOrganisation, Organisation, Territory
from tests import factories

pytestmark = pytest.mark.django_db
DECIDED = "Ce défi est soumis\u00a0: décidez-en sur sa page, qui écrit à son auteur."


def table(text):
    return files.read(text.encode())


def faults(report):
    return [outcome.faults for outcome in report.outcomes]


def challenges(*lines):
    head = "Adresse;Territoire (adresse);Numéro;Intitulé;Porteur (adresse);Publication;Le besoin\n"
    return table(head + "\n".join(lines))


@pytest.fixture
def place():
    factories.organisation(slug="maison")
    return factories.territory(slug="ici")


@pytest.fixture
def submitted(place):
    return factories.challenge(
        territory=place, number=1, slug="toit", title="Un toit", publication="submitted"
    )


class TestASubmittedChallenge:
    @pytest.mark.parametrize("publication", ["publié", "brouillon", "Publié", "BROUILLON"])
    def test_is_decided_on_its_page(self, submitted, publication):
        rows = challenges(f"toit;ici;1;Autre titre;{submitted.carrier.slug};{publication};Dormir")
        told = ChallengeSheet().tell(rows)
        assert faults(told) == [[("Publication", DECIDED)]]
        written = ChallengeSheet().carry_out(rows, partly=True)
        assert faults(written) == faults(told)
        submitted.refresh_from_db()
        assert (submitted.publication, submitted.title) == ("submitted", "Un toit")
        assert not Message.objects.exists()

    def test_found_by_its_number_too(self, submitted):
        rows = challenges(f";ici;1;Un toit;{submitted.carrier.slug};publié;")
        assert faults(ChallengeSheet().tell(rows)) == [[("Publication", DECIDED)]]

    def test_may_change_otherwise(self, submitted):
        rows = challenges(f"toit;ici;1;Un autre titre;{submitted.carrier.slug};soumis;Dormir")
        assert ChallengeSheet().carry_out(rows).is_written
        submitted.refresh_from_db()
        assert (submitted.title, submitted.need) == ("Un autre titre", "Dormir")
        assert submitted.publication == "submitted"

    def test_may_be_archived_as_from_the_list(self, submitted):
        rows = challenges(f"toit;ici;1;Un toit;{submitted.carrier.slug};archivé;")
        assert ChallengeSheet().carry_out(rows).is_written
        submitted.refresh_from_db()
        assert submitted.publication == "archived"

    def test_every_fault_of_the_row_is_told(self, submitted):
        rows = challenges("toit;ici;1;Un toit;inconnue;publié;")
        assert faults(ChallengeSheet().tell(rows)) == [
            [("Porteur (adresse)", "«\u00a0inconnue\u00a0» est inconnu."), ("Publication", DECIDED)]
        ]

    def test_submitted_between_the_two_steps(self, submitted):
        Challenge.objects.filter(pk=submitted.pk).update(publication="draft")
        rows = challenges(f"toit;ici;1;Un toit;{submitted.carrier.slug};publié;")
        told = ChallengeSheet().tell(rows)
        assert told.count["changed"] == 1
        Challenge.objects.filter(pk=submitted.pk).update(publication="submitted")
        report = ChallengeSheet().carry_out(rows, partly=True, expected=told.digest)
        assert not report.is_written
        assert faults(report) == [[("Publication", DECIDED)]]


class TestNobodySubmitsByASpreadsheet:
    said = "Un défi est soumis par son territoire, dans son espace."

    @pytest.mark.parametrize("publication", ["draft", "published", "archived"])
    def test_one_that_is_there(self, place, publication):
        one = factories.challenge(territory=place, number=1, slug="toit", publication=publication)
        rows = challenges(f"toit;ici;1;{one.title};{one.carrier.slug};soumis;")
        assert faults(ChallengeSheet().tell(rows)) == [[("Publication", self.said)]]

    def test_a_new_one(self, place):
        rows = challenges(";ici;1;Nouveau;maison;soumis;")
        assert faults(ChallengeSheet().tell(rows)) == [[("Publication", self.said)]]

    def test_the_others_go_as_from_the_list(self, place):
        rows = challenges(
            ";ici;1;Un;maison;publié;", ";ici;2;Deux;maison;brouillon;", ";ici;3;Trois;maison;;"
        )
        assert faults(ChallengeSheet().tell(rows))[:2] == [[], []]


def test_a_merged_organisation_does_not_come_back(place):
    """From an older file, it would hide the page that its address leads to."""
    by = factories.user()
    keep, gone = factories.organisation(slug="garde"), factories.organisation(slug="double")
    merge(organisations=Organisation.objects.filter(pk__in=[keep.pk, gone.pk]), keep=keep, by=by)
    rows = table("Adresse;Nom;Catégorie\ndouble;Double;association\ngarde;Garde;association")
    report = OrganisationSheet().carry_out(rows, partly=True)
    assert faults(report) == [
        [("Adresse", "Cet acteur a été fusionné avec un autre, dont l’adresse est garde.")],
        [],
    ]
    assert not Organisation.objects.filter(slug="double").exists()
    assert FormerOrganisation.objects.get().organisation == keep
    named = table("Adresse;Nom;Catégorie\n;Double;association")
    assert OrganisationSheet().tell(named).count["refused"] == 1


def test_a_rejected_reading_does_not_come_back_nor_a_state_with_it(place):
    objective = factories.objective(challenge=factories.challenge(slug="toit", territory=place))
    factories.reading(objective=objective, value=10, source="Enquête", state="rejected")
    head = "Défi (adresse);Objectif (rang);Date de la mesure;Valeur;Source;État\n"
    rows = table(
        head + "toit;1;30/06/2020;10;Enquête;validé\ntoit;1;31/12/2020;12;Enquête;validé\n"
    )
    assert ReadingSheet().carry_out(rows).is_written
    assert [*Reading.objects.order_by("on").values_list("state", flat=True)] == [
        "rejected",
        "declared",
    ]


def test_a_territory_published_under_embargo_stays_unseen():
    wave = factories.wave(9, has_embargo=True, embargo_until=timezone.now() + timedelta(days=1))
    secret = factories.territory(slug="secret", labelled=False, publication="draft")
    factories.designation(territory=secret, wave=wave)
    rows = table(f"Adresse;Nom;Type;Publication\nsecret;{secret.name};agglomération;publié")
    assert TerritorySheet().carry_out(rows).is_written
    secret.refresh_from_db()
    assert secret.publication == "published"
    assert not Territory.objects.public().filter(pk=secret.pk).exists()


def test_no_sheet_writes_what_only_an_act_gives():
    """The label, embargoes, validations, proposals, rights: none has a column that is written."""
    written = {
        (sheet._meta.model.__name__, column.attribute)
        for sheet in [
            TerritorySheet,
            OrganisationSheet,
            ChallengeSheet,
            ObjectiveSheet,
            ReadingSheet,
            CommitmentSheet,
        ]
        for column in sheet().columns()
        if not column.readonly
    }
    states = {pair for pair in written if pair[1] in {"state", "publication", "stage", "by"}}
    assert states == {
        ("Territory", "publication"),
        ("Challenge", "publication"),
        ("Challenge", "stage"),
        ("Commitment", "state"),
    }
