"""The forms of passages and announcements: what they start from, keep, refuse and restore."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from accounts.journal import acts
from editorial.models import Notice, Passage
from editorial.passages import DECLARED, complete
from search.index import rebuild
from tests import factories
from tests.forms import filled
from tests.hostile import SCRIPTS

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

LIST = "/admin/editorial/passage/"
NOTICES = "/admin/editorial/notice/"


def address(row):
    return reverse(f"admin:editorial_{row._meta.model_name}_change", args=[row.pk])


def save(client, passage, text, **fields):
    response = client.post(address(passage), {"text": text} | fields)
    passage.refresh_from_db()
    return response


def listed(client, query=None):
    return [row.key for row in client.get(LIST, query).context["cl"].result_list]


@pytest.fixture
def passages(db):
    Passage.objects.declare()
    return {passage.key: passage for passage in Passage.objects.all()}


# The list.


def test_all_that_may_be_rewritten_is_listed_page_by_page(admin_client, passages):
    page = admin_client.get(LIST)

    assert listed(admin_client) == [*DECLARED]
    assert "Le label distingue les territoires" in page.text
    assert "## D’où" not in page.text
    assert "D’où viennent les informations" in page.text
    assert page.text.count("d’origine</span>") == len(DECLARED)
    assert "addlink" not in page.text


def test_it_says_what_was_rewritten_and_when(admin_client, passages):
    save(admin_client, passages["home_lead"], "Un chapeau à nous")

    page = admin_client.get(LIST)

    assert "Un chapeau à nous" in page.text
    assert page.text.count("modifié</span>") == 1
    assert timezone.localtime().strftime("%Y, %H:") in page.text
    assert listed(admin_client, {"texte": "modifie"}) == ["home_lead"]
    assert len(listed(admin_client, {"texte": "origine"})) == len(DECLARED) - 1


def test_it_is_filtered_by_page(admin_client, passages):
    assert listed(admin_client, {"page": "label"}) == ["label_lead", "label_banner", "label_call"]
    assert len(listed(admin_client, {"page": "nulle-part"})) == len(DECLARED)


def test_it_is_searched_by_the_words_that_the_site_shows(admin_client, passages):
    save(admin_client, passages["home_title"], "La trottinette à l’école")

    assert listed(admin_client, {"q": "TROTTINETTE a l'ecole"}) == [
        *("home_title", "home_description")
    ]
    assert listed(admin_client, {"q": "essaimage"}) == ["home_lead", "label_call"]
    assert listed(admin_client, {"q": "LICENCE ouverte"}) == ["legal_text"]
    assert "legal_host" in listed(admin_client, {"q": "hebergeur"})


def test_nobody_adds_or_deletes_one(admin_client, passages):
    passage = passages["home_lead"]

    assert admin_client.get(f"{LIST}add/").status_code == 403
    assert admin_client.post(f"{LIST}{passage.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_passage_that_no_page_shows_is_only_read(admin_client):
    old = factories.passage("autrefois", "Des mots d’autrefois")

    assert "Des mots d’autrefois" in admin_client.get(LIST).text
    page = admin_client.get(address(old))
    assert "le site ne le montre plus" in page.text
    assert "apercu/" not in page.text
    assert admin_client.post(address(old), {"text": "x"}).status_code == 403


# The form.


@pytest.mark.parametrize("key", DECLARED)
def test_it_starts_from_the_words_of_the_page(admin_client, passages, key):
    form = admin_client.get(address(passages[key])).context["adminform"].form

    assert form["text"].value() == complete({})[key]
    assert form.fields["text"].help_text == DECLARED[key].full_help


@pytest.mark.parametrize("key", DECLARED)
def test_the_words_of_the_site_are_never_kept(admin_client, passages, key):
    """Saved as a browser sends them, with its own ends of lines."""
    passage = passages[key]
    words = complete({})[key].replace("\n", "\r\n")

    assert save(admin_client, passage, words).status_code == 302

    assert passage.text == ""


@pytest.mark.parametrize("text", ["", "  \r\n "])
def test_an_empty_text_brings_back_the_words_of_the_site(admin_client, passages, text):
    passage = factories.passage("home_lead", "À nous")

    assert save(admin_client, passage, text).status_code == 302

    assert passage.text == ""


def test_the_words_of_the_site_are_brought_back_by_a_box(admin_client, passages, client_of):
    passage = factories.passage("home_lead", "À nous")
    page = admin_client.get(address(passage))
    assert "Le label distingue les territoires" in page.text  # beside the box
    assert 'name="restore"' in page.text

    too_long = "x" * 9999
    assert save(admin_client, passage, too_long, restore="on").status_code == 302

    assert passage.text == ""
    assert passage.history.first().history_change_reason == "Texte d’origine"
    assert 'name="restore"' not in admin_client.get(address(passage)).text


def test_a_text_too_long_is_kept_in_its_form(admin_client, passages):
    passage = passages["home_title"]

    response = save(admin_client, passage, "é" * 201)

    assert [*response.context["errors"]] == [
        ["Ce texte fait 201\u00a0caractères\u00a0: c’est 1 de trop."]
    ]
    assert "é" * 201 in response.text
    assert 'maxlength="200"' not in response.text
    assert passage.text == ""
    assert save(admin_client, passage, "é" * 200).status_code == 302


def test_a_line_is_made_one_and_prose_keeps_its_lines(admin_client, passages):
    line, prose = passages["home_lead"], passages["home_call"]

    save(admin_client, line, " Un \r\n\r\n deux\u00a0: trois ")
    save(admin_client, prose, "Un  \r\n\r\n- deux\r\n")

    assert line.text == "Un deux\u00a0: trois"
    assert prose.text == "Un\n\n- deux"


def test_a_state_is_one_of_three(admin_client, passages):
    passage = passages["accessibility_state"]

    assert save(admin_client, passage, "presque conforme").status_code == 200
    assert passage.text == ""
    assert save(admin_client, passage, "partiellement conforme").status_code == 302
    assert passage.text == "partiellement conforme"


@pytest.mark.parametrize("text", [*SCRIPTS, "\0", "\u202eabc", "{{ 7|add:7 }}", "x" * 20_000])
def test_any_text_gives_an_answer(admin_client, passages, text):
    for key in ["home_title", "legal_text", "accessibility_state"]:
        assert save(admin_client, passages[key], text).status_code in {200, 302}


def test_two_editors_do_not_erase_each_other_unseen(admin_client, passages):
    passage = passages["home_lead"]
    opened = filled(admin_client.get(address(passage)), "passage_form") | {"text": "Le mien"}
    save(admin_client, passage, "Le sien")

    response = admin_client.post(address(passage), opened)

    assert response.status_code == 409
    assert "Le sien" in response.text
    again = filled(response, "passage_form")
    assert again["text"] == "Le mien"
    assert admin_client.post(address(passage), again).status_code == 302
    passage.refresh_from_db()
    assert passage.text == "Le mien"


def test_the_same_saved_twice_is_saved(admin_client, passages):
    passage = passages["home_lead"]
    opened = {"text": "Le mien"}

    assert [admin_client.post(address(passage), opened).status_code for _ in range(2)] == [302] * 2


def test_what_is_saved_is_signed_and_told(admin_client, admin_user, passages):
    passage = passages["home_lead"]
    save(admin_client, passage, "À nous")

    assert [act["act_about"] for act in acts(by=admin_user)] == ["À nous"]
    history = admin_client.get(f"{LIST}{passage.pk}/history/").text
    assert "À nous" in history
    assert admin_user.email in history


def test_the_search_follows(admin_client, passages, read):
    rebuild()
    assert "Accueil" not in read("/recherche/", {"q": "trottinette"}).texts("h3")

    save(admin_client, passages["home_lead"], "Une trottinette pour chacun.")

    assert "Accueil" in read("/recherche/", {"q": "trottinette"}).texts("h3")
    save(admin_client, passages["home_lead"], "")
    assert "Accueil" not in read("/recherche/", {"q": "trottinette"}).texts("h3")


def test_who_only_looks_reads_the_words_of_the_page(client_of, passages):
    call_command("roles", verbosity=0)
    reader = factories.user(is_staff=True)
    reader.groups.add(Group.objects.get(name=roles.OBSERVATION))

    page = client_of(reader).get(address(passages["home_lead"]))

    assert "Le label distingue les territoires" in page.text
    assert "apercu/" not in page.text
    assert "<textarea" not in page.text


# Announcements.


def fields(**changed):
    now = timezone.localtime()
    day, later = now.date(), (now + timedelta(days=2)).date()
    return {
        "level": "info",
        "text": "Le portail fermera samedi.",
        "starts_at_0": f"{day:%d/%m/%Y}",
        "starts_at_1": "00:00",
        "ends_at_0": f"{later:%d/%m/%Y}",
        "ends_at_1": "18:30",
        "link_label": "",
        "link_url": "",
    } | changed


def test_an_announcement_is_planned(admin_client):
    assert admin_client.post(f"{NOTICES}add/", fields()).status_code == 302

    notice = Notice.objects.get()
    assert timezone.localtime(notice.ends_at).strftime("%H:%M") == "18:30"
    assert "affichée" in admin_client.get(NOTICES).text


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"ends_at_0": "01/01/2020"}, "ends_at"),
        ({"ends_at_0": ""}, "ends_at"),
        ({"ends_at_0": "demain"}, "ends_at"),
        ({"starts_at_1": "25:00"}, "starts_at"),
        ({"starts_at_0": "31/12/9999", "ends_at_0": "01/01/0001"}, "ends_at"),
        ({"text": ""}, "text"),
        ({"text": "x" * 301}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"level": "panique"}, "level"),
        ({"link_label": "Lire"}, "link_url"),
        ({"link_url": "https://exemple.test/"}, "link_label"),
        ({"link_label": "Lire", "link_url": "javascript:a"}, "link_url"),
    ],
)
def test_what_may_not_be_is_said_beside_its_field(admin_client, changed, name):
    response = admin_client.post(f"{NOTICES}add/", fields(**changed))

    assert response.status_code == 200
    form = response.context["adminform"].form
    assert [*form.errors] == [name]
    assert not Notice.objects.exists()


def test_the_list_says_where_each_stands(admin_client):
    now, hour = timezone.now(), timedelta(hours=1)
    for n in range(4):
        factories.notice(text=f"Information {n}", starts_at=now - (4 - n) * hour)
    factories.notice(text="Demain", starts_at=now + hour)
    factories.notice(text="Hier", starts_at=now - 3 * hour, ends_at=now - hour)

    told = {}
    for row in admin_client.get(NOTICES).context["cl"].result_list:
        part = admin_client.get(address(row)).text
        told[row.text] = [
            words
            for words in ["affichée</", "à venir</", "terminée</", "cachée par 3 autres</"]
            if words in part
        ]
    assert told == {
        "Demain": ["à venir</"],
        "Information 3": ["affichée</"],
        "Information 2": ["affichée</"],
        "Information 1": ["affichée</"],
        "Information 0": ["cachée par 3 autres</"],
        "Hier": ["terminée</"],
    }
    for choice, count in [("affichee", 4), ("a-venir", 1), ("terminee", 1)]:
        page = admin_client.get(NOTICES, {"situation": choice})
        assert page.context["cl"].result_count == count


def test_an_announcement_ended_by_hand_leaves_at_once(admin_client, client):
    notice = factories.notice(text="Samedi")
    assert "Samedi" in client.get("/").text
    now = timezone.localtime()
    ended = fields(
        starts_at_0=f"{now - timedelta(days=1):%d/%m/%Y}",
        ends_at_0=f"{now:%d/%m/%Y}",
        ends_at_1="00:00",
    )

    assert admin_client.post(address(notice), ended).status_code == 302

    cache.clear()
    assert "Samedi" not in client.get("/").text
