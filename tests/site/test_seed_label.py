"""``manage.py load_label``: what it creates, and what it leaves alone."""

import json
import re
from datetime import date

import pytest
from django.core.management import CommandError

from challenges.models import Audience, Challenge, Objective, Theme
from manifesto.models import Manifesto, Statement
from territories.models import (
    CollectiveMember,
    Criterion,
    Designation,
    Instrument,
    Measure,
    Organisation,
    Pillar,
    Territory,
    Wave,
)
from tests.site import founding

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def loaded_once(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), founding.label_loaded():
        yield


@pytest.fixture
def seed():
    return founding.read("seed.json")


def official(record, key="source"):
    return founding.plain(record.get("display") or record[key])


# What is created.


def test_it_creates_every_fact_of_the_founding_document():
    counts = {
        Wave: 2,
        Criterion: 5,
        Territory: 20,
        Designation: 20,
        Pillar: 6,
        Measure: 8,
        Instrument: 9,
        Organisation: 14,
        CollectiveMember: 1,
        Challenge: 4,
        Objective: 3,
        Theme: 24,
        Audience: 8,
        Manifesto: 1,
        Statement: 5,
    }
    assert {model: model.objects.count() for model in counts} == counts
    assert sum(counts.values()) == founding.ROWS


def test_every_row_says_why_it_is_there():
    reasons = Territory.history.values_list("history_change_reason", flat=True)

    assert set(reasons) == {"Chargement du document fondateur"}


def test_the_first_wave_is_announced_with_its_source_the_second_expected(seed):
    first, second = Wave.objects.all()

    assert [founding.plain(wave.description) for wave in (first, second)] == [
        official(record) for record in seed["waves"]
    ]
    assert (first.announced_on, first.expected_by) == (date(2019, 2, 25), None)
    assert first.announcement_source == "Banque des Territoires (Localtis)"
    assert first.announcement_url == (
        "https://banquedesterritoires.fr/french-impact-20-territoires-ont-ete-labellises"
    )
    assert (second.announced_on, second.expected_by) == (None, date(2019, 12, 31))
    assert not second.designations.exists()


def test_the_five_criteria_name_where_they_were_read():
    assert [founding.plain(criterion.wording) for criterion in Criterion.objects.all()] == [
        "Zone territoriale pertinente",
        "Écosystème d'innovation et leadership entrepreneurial",
        "Stratégie ambitieuse répondant aux défis du territoire",
        "Gouvernance claire et synergies entre acteurs de l'accompagnement",
        "Engagement actif dans la communauté",
    ]
    assert set(Criterion.objects.values_list("source", "source_url")) == {
        (
            "Environnement Magazine",
            "http://environnement-magazine.fr/territoires/article/2018/07/06/120007/"
            "innovation-sociale-environnementale-appel-manifestation-interet-pour-les-territoires",
        )
    }


def test_the_territories_keep_the_label_s_own_spelling(seed):
    names = dict(Territory.objects.values_list("slug", "name"))

    assert {slug: founding.plain(name) for slug, name in names.items()} == {
        record["slug"]: founding.plain(record["display"]) for record in seed["territories"]
    }
    assert names["region-nouvelle-aquitaine"] == "Région Nouvelle Aquitaine"
    assert names["roissy-pays-de-france"] == "Roissy Pays-de-France"
    assert names["territoire-ledonien-cluster-jura"] == "Territoire Lédonien – Cluster’Jura"


def test_the_territories_stand_where_the_geography_says():
    for place in founding.read("territories_geo.json")["territories"]:
        territory = Territory.objects.get(slug=place["slug"])
        area = place["area"] or {"type": None, "codes": []}

        assert set(territory.areas.values_list("level", "code")) == {
            (area["type"], code) for code in area["codes"]
        }
        assert territory.kind == place["kind"]
        assert territory.areas_certainty == place["certainty"]
        assert founding.plain(territory.areas_note) == founding.plain(place["reason"])
        assert (territory.anchor and territory.anchor.code) == place["anchor_commune"]
        assert territory.publication == "published"


def test_the_olympic_territory_has_a_marker_and_no_area():
    olympic = Territory.objects.get(slug="territoire-olympique-2024")

    assert not olympic.areas.exists()
    assert olympic.anchor.code == "93066"


def test_the_twenty_hold_the_label_of_the_first_wave_at_an_unknown_date():
    assert Territory.objects.labelled().in_wave(1).count() == 20
    assert set(Designation.objects.values_list("granted_on", "state", "wave__number")) == {
        (None, "active", 1)
    }
    assert Designation.objects.values("code").distinct().count() == 20


def test_the_plan_is_word_for_word(seed):
    told = seed["support_plan"]["pillars"]

    assert [
        (
            pillar.position,
            pillar.slug,
            founding.plain(pillar.title),
            founding.plain(pillar.short_title),
        )
        for pillar in Pillar.objects.all()
    ] == [
        (
            record["order"],
            record["slug"],
            record["title_source"],
            founding.plain(record["short_title"]),
        )
        for record in told
    ]
    assert [
        (
            measure.pillar.slug,
            measure.position,
            founding.plain(measure.wording),
            set(measure.organisations.values_list("slug", flat=True)),
        )
        for measure in Measure.objects.all()
    ] == [
        (record["slug"], offer["order"], official(offer), set(offer["organisations"]))
        for record in told
        for offer in record["measures"]
    ]


def test_the_instruments_belong_to_the_measure_that_gives_access_to_them(seed):
    listed = {
        slug: (record["slug"], offer["order"])
        for record in seed["support_plan"]["pillars"]
        for offer in record["measures"]
        for slug in offer["instruments"]
    }
    for record in seed["instruments"]:
        instrument = Instrument.objects.get(slug=record["slug"])

        assert founding.plain(instrument.name) == record["name"]
        assert founding.plain(instrument.nature) == record["kind"]
        assert founding.plain(instrument.purpose) == " et ".join(record.get("purpose", []))
        assert (instrument.provider and instrument.provider.slug) == record["provider"]
        assert instrument.email == record.get("email", "")
        assert (instrument.measure.pillar.slug, instrument.measure.position) == listed[
            record["slug"]
        ]


def test_the_organisations_have_their_category_and_role(seed):
    assert dict(Organisation.objects.values_list("slug", "category")) == {
        "le-french-impact": "banner",
        "haut-commissariat-ess": "administration",
        "avise": "body",
        "bpifrance": "funder",
        "banque-des-territoires": "funder",
        "la-french-tech": "network",
        "medef": "business_network",
        "meti": "business_network",
        "cpme": "business_network",
        "les-entreprises-pour-la-cite": "business_network",
        "admical": "business_network",
        "croissance-plus": "business_network",
        "juralliance": "project_leader",
        "ars": "administration",
    }
    for record in seed["organisations"]:
        organisation = Organisation.objects.get(slug=record["slug"])

        assert founding.plain(organisation.name) == official(record, "name")
        role = founding.plain(organisation.description)
        assert role == record["role"][0].upper() + founding.plain(record["role"][1:])
        assert organisation.website == record.get("website", "")


def test_the_link_of_juralliance_to_the_territory_is_said_to_be_ours():
    member = CollectiveMember.objects.get()

    assert (member.territory.slug, member.organisation.slug, member.role) == (
        "territoire-ledonien-cluster-jura",
        "juralliance",
        "member",
    )
    assert founding.plain(member.note) == (
        "Le lien avec ce territoire est une interprétation de notre part : le document ne nomme "
        "pas le territoire dans le titre « Les défis Juralliance au sein du collectif et du "
        "territoire French Impact » ; il met « Territoire Lédonien » et « Cluster'Jura » en gras "
        "dans la liste."
    )
    assert set(Challenge.objects.values_list("source_note", flat=True)) == {member.note}


def test_the_challenges_are_word_for_word(seed):
    for record in seed["challenges"]:
        challenge = Challenge.objects.get(slug=record["slug"])
        answer = record["description_source"].replace("main d'œuvre", "main-d'œuvre")
        answer = answer.replace("agro-alimentaires", "agroalimentaires")
        recognition = record["recognition"] or {"source": "", "by": None}

        assert challenge.number == record["number"]
        assert founding.plain(challenge.title) == (record.get("display_name") or record["name"])
        assert founding.plain(challenge.answer) == answer[0].upper() + answer[1:]
        assert founding.plain(challenge.legal_form) == (record["legal_form"] or "")
        assert founding.plain(challenge.recognition) == recognition["source"]
        recogniser = challenge.recognised_by
        assert (recogniser and recogniser.slug) == recognition["by"]
        assert {founding.plain(theme.name) for theme in challenge.themes.all()} == set(
            record["domains"]
        )
        assert challenge.themes_open == record["domains_open_list"]
        assert {founding.plain(a.name) for a in challenge.audiences.all()} == set(record["publics"])
        assert challenge.audiences_open == record["publics_open_list"]
        assert challenge.carrier.slug == "juralliance"
        assert challenge.territory.slug == "territoire-ledonien-cluster-jura"
        assert challenge.website == "http://www.juralliance.fr"
        assert challenge.publication == "published"
        # What the document does not say.
        assert (challenge.need, challenge.nature, challenge.stage) == ("", "", "")


def test_the_objectives_are_typed():
    told = Objective.objects.order_by("challenge__number").values_list(
        "challenge__slug", "kind", "target", "unit", "scope", "due_on", "due_precision"
    )

    assert list(told) == [
        ("scicalliance", "zero", 0, "sans toit", "", None, ""),
        ("maison-des-parcours", "rate", 1, "Maison des Parcours", "par territoire", None, ""),
        (
            "entreprise-adaptee-agrobiologique",
            "count",
            25,
            "personnes ayant une RQTH avec orientation milieu ordinaire",
            "professionnalisation",
            date(2021, 12, 31),
            "year",
        ),
    ]
    assert [founding.plain(o.wording) for o in Objective.objects.order_by("challenge__number")] == [
        "Zéro sans toit, un habitat pour tous.",
        "Création d'une Maison des Parcours par territoire par an.",
        "Permettre la professionnalisation de 25 personnes ayant une RQTH avec orientation "
        "milieu ordinaire d'ici 2021.",
    ]


def test_the_manifesto_is_word_for_word(seed):
    assert list(Manifesto.objects.values_list("number", "in_force")) == [(1, True)]
    assert [
        (
            statement.position,
            founding.plain(statement.headline),
            founding.plain(statement.paragraph),
        )
        for statement in Statement.objects.all()
    ] == [
        (record["order"], record["headline"], record["paragraph"] or "")
        for record in seed["manifesto"]["statements"]
    ]


def test_every_text_is_typeset():
    loose = re.compile(r"'|\.\.\.|«[^\u00a0]|[^\u00a0]»| :|(?<![\u202f\w])[;!?]")
    texts = [
        value
        for model in (
            *(Wave, Criterion, Territory, Organisation, CollectiveMember, Pillar, Measure),
            *(Instrument, Challenge, Objective, Theme, Audience, Statement),
        )
        for row in model.objects.values()
        for name, value in row.items()
        if isinstance(value, str) and not name.endswith(("url", "website"))
    ]

    assert [text for text in texts if loose.search(text)] == []


# What is left alone.


def test_a_second_run_changes_nothing():
    before = founding.count_rows()

    assert founding.load().splitlines() == [founding.summary(unchanged=founding.ROWS)]
    assert founding.load("--overwrite").splitlines() == [
        founding.summary(unchanged=founding.ROWS)[:-1] + " ; remis au texte du fichier : 0."
    ]
    assert founding.count_rows() == before


def change(model, key, **fields):
    row = model.objects.get(**key)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    return row


def test_what_staff_edited_is_kept_and_reported():
    change(Organisation, {"slug": "cpme"}, name="La CPME")
    change(Territory, {"slug": "figeac"}, areas_certainty="stated", summary="Un pays")
    Territory.objects.get(slug="figeac").areas.clear()
    before = founding.count_rows()

    assert founding.load().splitlines() == [
        "Territoire Figeac : « certitude du périmètre » vaut « documenté », le fichier dit "
        "« indicatif » — laissé tel quel",
        "Territoire Figeac : « périmètre » vaut « (vide) », le fichier dit « Figeac (46102) » — "
        "laissé tel quel",
        "Acteur La CPME : « nom » vaut « La CPME », le fichier dit « CPME » — laissé tel quel",
        founding.summary(unchanged=founding.ROWS - 2, different=2),
    ]
    assert Organisation.objects.get(slug="cpme").name == "La CPME"
    assert not Territory.objects.get(slug="figeac").areas.exists()
    assert founding.count_rows() == before


def test_overwrite_applies_the_file_and_nothing_else():
    change(Territory, {"slug": "figeac"}, name="Grand Figeac", summary="Un pays")
    Territory.objects.get(slug="figeac").areas.clear()

    *notes, last = founding.load("--overwrite").splitlines()

    assert notes == [
        "Territoire Grand Figeac : « nom » vaut « Grand Figeac », le fichier dit « Figeac » — "
        "repris du fichier",
        "Territoire Grand Figeac : « périmètre » vaut « (vide) », le fichier dit "
        "« Figeac (46102) » — repris du fichier",
    ]
    assert last.endswith("remis au texte du fichier : 1.")
    figeac = Territory.objects.get(slug="figeac")
    assert (figeac.name, figeac.summary) == ("Figeac", "Un pays")
    assert [area.code for area in figeac.areas.all()] == ["46102"]
    reason = figeac.history.order_by("history_id").last().history_change_reason
    assert reason == "Chargement du document fondateur"


def test_what_staff_decide_is_never_compared():
    change(Territory, {"slug": "roubaix"}, publication="archived")
    change(Challenge, {"slug": "geiq"}, publication="draft", stage="emergence", need="Recruter")
    roubaix = {"territory__slug": "roubaix"}
    change(Designation, roubaix, state="withdrawn", reason="À sa demande")

    assert founding.load().splitlines() == [founding.summary(unchanged=founding.ROWS)]
    founding.load("--overwrite")

    assert Territory.objects.get(slug="roubaix").publication == "archived"
    assert Challenge.objects.get(slug="geiq").publication == "draft"
    assert Designation.objects.get(**roubaix).state == "withdrawn"


def test_what_staff_deleted_stays_deleted_until_overwrite():
    Criterion.objects.get(position=5).delete()
    Territory.objects.get(slug="roubaix").delete()
    Theme.objects.get(slug="loisirs").delete()
    before = founding.count_rows()

    assert founding.load().splitlines() == [
        "Critère « 5 » : supprimé, laissé supprimé",
        "Territoire « roubaix » : supprimé, laissé supprimé",
        "Labellisation « supprimé, 1re vague » : supprimé, laissé supprimé",
        "Thème « loisirs » : supprimé, laissé supprimé",
        founding.summary(unchanged=founding.ROWS - 4, deleted=4),
    ]
    assert founding.count_rows() == before

    founding.load("--overwrite")

    assert Criterion.objects.count() == 5
    assert Territory.objects.labelled().count() == 20
    assert Challenge.objects.filter(themes__slug="loisirs").count() == 1
    assert founding.load().splitlines() == [founding.summary(unchanged=founding.ROWS)]


def test_a_deleted_actor_leaves_what_pointed_to_it_without_it():
    Instrument.objects.get(slug="fiso-2").delete()
    Measure.objects.get(pillar__slug="financement").organisations.clear()
    Organisation.objects.get(slug="bpifrance").delete()

    lines = founding.load().splitlines()

    assert lines[0] == "Acteur « bpifrance » : supprimé, laissé supprimé"
    assert lines[1].endswith(
        "« acteurs cités » vaut « (vide) », le fichier dit « Banque des Territoires » — laissé "
        "tel quel"
    )
    assert lines[2] == "Dispositif « fiso-2 » : supprimé, laissé supprimé"
    assert lines[3:] == [founding.summary(unchanged=founding.ROWS - 3, different=1, deleted=2)]


def test_a_row_that_staff_renamed_is_recognised():
    change(Territory, {"slug": "figeac"}, slug="grand-figeac")

    assert founding.load().splitlines() == [
        "Territoire Figeac : « adresse » vaut « grand-figeac », le fichier dit « figeac » — "
        "laissé tel quel",
        founding.summary(unchanged=founding.ROWS - 1, different=1),
    ]
    assert Territory.objects.count() == 20


def test_a_theme_that_staff_renamed_stays_the_same_theme():
    change(Theme, {"slug": "habitat"}, slug="logement")

    assert founding.load().splitlines() == [
        "Thème habitat : « adresse » vaut « logement », le fichier dit « habitat » — laissé tel "
        "quel",
        founding.summary(unchanged=founding.ROWS - 1, different=1),
    ]
    founding.load("--overwrite")
    assert Theme.objects.get(name="habitat").slug == "habitat"


def test_an_error_undoes_what_overwrite_had_changed(tmp_path, settings):
    change(Organisation, {"slug": "cpme"}, name="La CPME")
    settings.DATA_DIR = founding.copy_files(tmp_path)
    founding.spoil(tmp_path / "seed.json", '"headline"', '"titre"', '"order": 5,\n    "headline"')

    with pytest.raises(CommandError, match="headline"):
        founding.load("--overwrite")

    assert Organisation.objects.get(slug="cpme").name == "La CPME"


def test_a_changed_file_is_reported_then_applied(tmp_path, settings):
    settings.DATA_DIR = founding.copy_files(tmp_path)
    path = tmp_path / "seed.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["challenges"][3]["targets"][0]["value"] = 30
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    target = Objective.objects.get(kind="count")

    first, last = founding.load().splitlines()
    assert first.endswith("« cible » vaut « 25.00 », le fichier dit « 30 » — laissé tel quel")
    assert last == founding.summary(unchanged=founding.ROWS - 1, different=1)
    founding.load("--overwrite")
    target.refresh_from_db()
    assert target.target == 30
