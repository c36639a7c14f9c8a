"""Long texts: what Markdown gives, and what nobody may slip into it."""

import importlib

import html5lib
import pytest
from django.apps import apps
from django.db import connection

from challenges.models import Challenge, ProgressReport
from territories.glossary import spell_out
from territories.markdown import TAGS, plain, render
from territories.models import Territory
from tests import factories
from tests.hostile import SCRIPTS, unsafe


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("Un.\n\nDeux.", "<p>Un.</p>\n<p>Deux.</p>"),
        ("Un,\ndeux.", "<p>Un,<br>\ndeux.</p>"),
        ("**gras** et *italique*", "<p><strong>gras</strong> et <em>italique</em></p>"),
        ("- un\n- deux", "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>"),
        ("3. un\n4. deux", '<ol start="3">\n<li>un</li>\n<li>deux</li>\n</ol>'),
        ("> cité", "<blockquote>\n<p>cité</p>\n</blockquote>"),
        ("a & b < c", "<p>a &amp; b &lt; c</p>"),
        # What a plain text may hold without meaning anything by it.
        ("    en retrait", "<p>en retrait</p>"),
        ("Titre\n---", "<p>Titre<br>\n---</p>"),
        ("nom_de_fichier et 2*3*4", "<p>nom_de_fichier et 2<em>3</em>4</p>"),
        ("![plan](https://exemple.test/a.png)", None),
    ],
)
def test_prose(text, html):
    rendered = render(text)

    assert "<img" not in rendered
    if html is not None:
        assert rendered == html


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("# Un\n## Deux\n# Trois", ["h3", "h4", "h3"]),
        ("## Un\n#### Deux", ["h3", "h4"]),
        ("###### Un", ["h3"]),
        ("\n".join(f"{'#' * n} T" for n in range(1, 7)), ["h3", "h4", "h5", "h6", "h6", "h6"]),
    ],
)
def test_headings_go_under_the_one_of_their_section(text, headings):
    tree = html5lib.parseFragment(render(text), namespaceHTMLElements=False)

    assert [element.tag for element in tree] == headings


def test_links_are_marked_as_written_by_others():
    html = render("[a](https://exemple.test/?a=1&b=2) <mailto:a@exemple.test> [c](HTTP://c.test)")

    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    links = [(link.get("href"), link.get("rel")) for link in tree.iter("a")]
    assert links == [
        ("https://exemple.test/?a=1&b=2", "nofollow noopener"),
        ("mailto:a@exemple.test", "nofollow noopener"),
        ("HTTP://c.test", "nofollow noopener"),
    ]


@pytest.mark.parametrize(
    "address", ["/admin/", "//exemple.test", "ftp://exemple.test", "tel:1", "#a", "javascript:a"]
)
def test_other_addresses_stay_words(address):
    assert render(f"[a]({address})") == f"<p>[a]({address})</p>"


@pytest.mark.parametrize("text", SCRIPTS)
def test_a_script_is_inert(text):
    tree = html5lib.parse(f"<main>{render(text)}</main>", namespaceHTMLElements=False)

    assert unsafe(tree.find(".//main"), TAGS) == []


def test_what_finds_scripts_finds_them():
    """As they are, most of the payloads are dangerous: the test above can fail."""
    found = [
        text
        for text in SCRIPTS
        if unsafe(html5lib.parse(f"<main>{text}</main>", namespaceHTMLElements=False), TAGS)
    ]
    assert len(SCRIPTS) == 18
    assert len(found) >= 9


@pytest.mark.parametrize("text", ["[" * 20_000, "> " * 5_000, "*a " * 20_000, "[a](" * 20_000])
def test_a_contrived_text_takes_no_time(text):
    assert unsafe(html5lib.parseFragment(render(text), namespaceHTMLElements=False), TAGS) == []


def test_its_words_without_marks():
    html = render("# Le **lieu**\n\n- un &amp; deux\n- [trois](https://exemple.test)\n")

    assert plain(html).split() == ["Le", "lieu", "un", "&", "deux", "trois"]


def test_an_abbreviation_in_an_address_is_left_alone():
    html = spell_out(render("[site](https://exemple.test/ESS/ESS), ESS"))

    assert 'href="https://exemple.test/ESS/ESS"' in html
    assert '<abbr title="économie sociale et solidaire">ESS</abbr></p>' in html


# The columns.


@pytest.mark.django_db
def test_the_html_follows_its_text_by_every_door():
    challenge = factories.challenge(need="**Un**", answer="*Deux*")
    report = factories.report(challenge=challenge, text="- Trois")
    [territory] = Territory.objects.bulk_create(
        [Territory(name="T", slug="t", kind="pays", presentation="**Quatre**")]
    )
    assert Challenge.objects.get().need_html == "<p><strong>Un</strong></p>"
    assert Challenge.objects.get().answer_html == "<p><em>Deux</em></p>"
    assert ProgressReport.objects.get().text_html == "<ul>\n<li>Trois</li>\n</ul>"
    territory.refresh_from_db()
    assert territory.presentation_html == "<p><strong>Quatre</strong></p>"

    report.text = "Rien"
    report.save()
    assert ProgressReport.objects.get().text_html == "<p>Rien</p>"


@pytest.mark.django_db
def test_the_history_keeps_the_text_alone():
    challenge = factories.challenge(need="**Un**")
    challenge.need = "Deux"
    challenge.save()

    latest, first = challenge.history.all()
    assert [change.field for change in latest.diff_against(first).changes] == ["need"]
    first.instance.save()
    assert Challenge.objects.get().need_html == "<p><strong>Un</strong></p>"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("migration", "model", "column"),
    [
        ("territories.migrations.0004_texts_and_pictures", Territory, "presentation_html"),
        ("challenges.migrations.0003_texts_and_pictures", Challenge, "answer_html"),
        ("challenges.migrations.0003_texts_and_pictures", ProgressReport, "text_html"),
    ],
)
def test_the_texts_there_were_are_rendered(migration, model, column):
    row = {
        Territory: lambda: factories.territory(presentation="*Un*"),
        Challenge: lambda: factories.challenge(answer="*Un*"),
        ProgressReport: lambda: factories.report(text="*Un*"),
    }[model]()
    model.objects.update(**{column: ""})

    importlib.import_module(migration).write_html(apps, connection.schema_editor())

    row.refresh_from_db()
    assert getattr(row, column) == "<p><em>Un</em></p>"
