from datetime import date

import html5lib
import pytest
from django.template.loader import render_to_string
from pytest_django.asserts import assertInHTML, assertNotInHTML

from challenges.charts import chart_of, reading_rows
from challenges.progress import progress_of
from territories.models import Demonstration
from tests import factories

pytestmark = pytest.mark.django_db

AT = date(2022, 6, 15)


def render(objective, carrier="Juralliance"):
    """The component as a page draws it."""
    standing = [*objective.readings.standing()]
    milestones = [*objective.milestones.all()]
    return render_to_string(
        "components/objective.html",
        {
            "objective": objective,
            "progress": progress_of(objective, standing, milestones, AT),
            "chart": chart_of(objective, standing, milestones, AT),
            "readings": reading_rows([*objective.readings.all()]),
            "carrier": carrier,
        },
    )


def words(html):
    """The visible text, spaces made single."""
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return " ".join("".join(tree.itertext()).replace("\u00a0", " ").split())


def test_measured_objective_shows_its_wording_figure_and_source():
    objective = factories.objective()
    factories.reading(objective=objective, value=19, on=date(2021, 9, 30))
    html = render(objective)
    assertInHTML(
        f'<h3 class="objective__wording fr-h2" id="objective-{objective.pk}">'
        "25 personnes d’ici 2021</h3>",
        html,
    )
    assertInHTML('<p class="objective__headline fr-text--lead">19 sur 25 personnes</p>', html)
    assert "Dernière mesure le 30 septembre 2021. Source : Comptage du porteur" in words(html)
    assertInHTML('<rect class="objective__fill" width="76" height="2"></rect>', html)
    assert "76 % du chemin" in words(html)
    assert "Échéance dépassée : 2021" in words(html)


def test_the_drawings_are_named_and_told_under_distinct_ids():
    objective = factories.objective()
    factories.reading(objective=objective)
    tree = html5lib.parseFragment(render(objective), namespaceHTMLElements=False)
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    images = [element for element in tree.iter() if element.get("role") == "img"]
    assert len(images) == 2
    for image in images:
        assert {image.get("aria-labelledby"), image.get("aria-describedby")} <= set(ids)


def test_nothing_inline_that_the_security_policy_would_refuse():
    objective = factories.objective(kind="rate")
    factories.reading(objective=objective)
    tree = html5lib.parseFragment(render(objective), namespaceHTMLElements=False)
    assert [e for e in tree.iter() if e.get("style") or e.tag in {"style", "script"}] == []


def test_never_measured_says_so_without_bar_and_names_who_could():
    html = render(factories.objective())
    assert "Pas encore mesuré" in words(html)
    assert "Juralliance, qui porte ce défi, peut déclarer la première." in words(html)
    for absent in ("objective__fill", "<svg", "<table", "Dernière mesure", "non calculable"):
        assert absent not in html


def test_without_carrier_the_sentence_still_stands():
    html = render(factories.objective(), carrier="")
    assert "Le porteur du défi peut déclarer la première." in words(html)


def test_not_calculable_says_why_without_bar():
    objective = factories.objective(kind="zero")
    factories.reading(objective=objective, value=12)
    html = render(objective)
    assert "Il reste 12 sans toit" in words(html)
    assert "Avancement non calculable. Valeur de départ inconnue." in words(html)
    assert "objective__fill" not in html


def test_reached_says_so_and_is_never_overdue():
    objective = factories.objective()
    factories.reading(objective=objective, value=25)
    html = render(objective)
    assertInHTML('<span class="fr-badge fr-badge--success">Atteint</span>', html)
    assert "Échéance : 2021" in words(html)
    assert "dépassée" not in html


def test_rate_shows_the_current_year_and_its_scope():
    objective = factories.objective(kind="rate", scope="par territoire")
    factories.reading(objective=objective, value=1, on=date(2021, 5, 1))
    html = render(objective)
    assert "Périmètre compté : par territoire" in words(html)
    assert "2022, année en cours : pas encore mesurée" in words(html)
    assertInHTML('<span class="fr-badge fr-badge--success">Rythme tenu</span>', html)


def test_milestones_are_an_ordered_list():
    objective = factories.objective(kind="qualitative")
    objective.milestones.create(position=1, wording="Trouver", reached_on=date(2020, 3, 1))
    objective.milestones.create(position=2, wording="Ouvrir")
    html = render(objective)
    assert "1 étape sur 2 franchie" in words(html)
    assert "Trouver Franchie le 1er mars 2020 Ouvrir À franchir" in words(html)
    assert html.count("<li") == 2
    assert 'role="img"' not in html


def test_qualitative_without_milestone_names_who_could():
    html = render(factories.objective(kind="qualitative"))
    assert "Aucune étape définie" in words(html)
    assert "Juralliance, qui porte ce défi, peut les proposer." in words(html)


def test_table_strikes_corrected_readings_and_leaves_rejected_ones_out():
    objective = factories.objective()
    wrong = factories.reading(objective=objective, value=14)
    factories.reading(objective=objective, value=11, supersedes=wrong, comment="Erreur de saisie")
    factories.reading(objective=objective, value=23, state="rejected")
    html = render(objective)
    assertInHTML('<td class="fr-cell--right"><del>14</del></td>', html)
    assertInHTML('<td class="fr-cell--right">11</td>', html)
    assertInHTML('<td class="fr-col--md">Comptage du porteur<br>Erreur de saisie</td>', html)
    assert words(html).count("Corrigé depuis.") == 1
    assertNotInHTML('<td class="fr-cell--right">23</td>', html)
    assert html.count('scope="col"') == 4
    assert html.count('scope="row"') == 2


def test_the_table_scrolls_by_keyboard_under_its_own_name():
    objective = factories.objective()
    factories.reading(objective=objective)
    html = render(objective)
    assert f'role="region" tabindex="0" aria-labelledby="readings-{objective.pk}"' in html
    assert "Relevés de l’objectif « 25 personnes d’ici 2021 » (unité : personnes)" in words(html)


def test_fictional_rows_say_so():
    demonstration = Demonstration.objects.create()
    objective = factories.objective(demonstration=demonstration)
    factories.reading(objective=objective, demonstration=demonstration)
    html = render(objective)
    assertInHTML('<span class="fr-badge fr-badge--sm">Donnée fictive</span>', html)
    assertInHTML('<span class="fr-badge fr-badge--sm">donnée fictive</span>', html)
    assert "Ce graphique contient des données fictives." in words(html)


def test_real_rows_are_never_said_fictional():
    objective = factories.objective()
    factories.reading(objective=objective)
    assert "fictive" not in render(objective)


def test_hostile_text_is_escaped():
    objective = factories.objective(wording="<b>x</b>", unit="<i>u</i>")
    factories.reading(objective=objective, source="<script>1</script>", comment="<u>c</u>")
    html = render(objective, carrier="<em>p</em>")
    for raw in ("<b>", "<i>", "<script>", "<u>", "<em>"):
        assert raw not in html
