from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from challenges.models import Audience, Challenge, Milestone, Objective, Reading, Theme
from challenges.models import ProgressReport as Report
from territories.models import Demonstration
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


def tag(model):
    number = next(factories.numbers)
    return model.objects.create(name=f"Mot {number}", slug=f"mot-{number}")


ROWS = {
    "audience": lambda: tag(Audience),
    "challenge": lambda: (
        factories.report(
            challenge=factories.reading(by=factories.user()).objective.challenge,
            by=factories.user(),
        ).challenge
    ),
    "objective": lambda: factories.reading().objective,
    "progressreport": lambda: factories.report(by=factories.user()),
    "reading": lambda: factories.reading(by=factories.user()),
    "theme": lambda: tag(Theme),
}


def formset(prefix, *rows, initial=0):
    """What an inline form sends for these rows."""
    sent = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        sent |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return sent


def challenge_data(**fields):
    return {
        "territory": fields.get("territory") or factories.territory().pk,
        "carrier": fields.get("carrier") or factories.organisation().pk,
        "number": 1,
        "title": "Habiter ensemble",
        "slug": "habiter-ensemble",
        "publication": "draft",
        **formset("objectives"),
        **formset("reports"),
    } | fields


def reading_data(**fields):
    return {
        "objective": fields.get("objective") or factories.objective().pk,
        "on": "30/06/2020",
        "value": "12.5",
        "source": "Comptage du porteur",
        "state": "declared",
    } | fields


@pytest.mark.parametrize("model", ROWS)
def test_a_list_asks_as_many_queries_for_twenty_rows_as_for_one(admin_client, model):
    def count():
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            response = admin_client.get(f"/admin/challenges/{model}/")
        assert response.status_code == 200
        return len(queries), response.context["cl"].result_count

    ROWS[model]()
    count()  # content types are kept in memory from the first page on
    queries, rows = count()
    for _ in range(20):
        ROWS[model]()

    assert count() == (queries, rows + 20)


@pytest.mark.parametrize("model", ROWS)
@pytest.mark.parametrize("page", ["change", "history"])
def test_the_pages_of_a_row(admin_client, model, page):
    row = ROWS[model]()

    assert admin_client.get(f"/admin/challenges/{model}/{row.pk}/{page}/").status_code == 200


def test_the_page_of_a_challenge_asks_as_many_queries_for_twenty_reports(admin_client):
    challenge = ROWS["challenge"]()

    def count():
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(f"/admin/challenges/challenge/{challenge.pk}/change/")
        return len(queries)

    count()
    one = count()
    for _ in range(20):
        factories.report(challenge=challenge, by=factories.user())

    assert count() == one


@pytest.mark.parametrize("model", ROWS)
def test_the_pages_that_add(admin_client, model):
    assert admin_client.get(f"/admin/challenges/{model}/add/").status_code == 200


@pytest.mark.parametrize("page", ["", "add/", "1/change/", "1/history/", "1/delete/"])
def test_the_admin_is_for_staff(client, page):
    client.force_login(factories.user())

    for model in ROWS:
        url = f"/admin/challenges/{model}/{page}"
        response = client.get(url)
        assert response.status_code == 302
        assert response.url == f"/admin/login/?next={url}"


@pytest.mark.parametrize("page", ["", "add/"])
def test_staff_without_the_right_are_refused(client, page):
    client.force_login(factories.user(is_staff=True))

    for model in ROWS:
        assert client.get(f"/admin/challenges/{model}/{page}").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "?q=%00",
        pytest.param("?q=" + "a%20" * 5000, id="many-words"),
        pytest.param("?q=" + "é" * 10_000, id="long-word"),
        "?page=zzz",
        "?p=zzz",
        "?o=zzz",
        "?id=%00",
        "?nouvelles=%00&donnee=%00",
        "zzz/change/",
        "zzz/history/",
        "zzz/delete/",
        "1/history/zzz/",
        "add/?objective=zzz&supersedes=zzz&challenge=zzz&territory=zzz&themes=1,zzz",
        "add/?slug=%00",
    ],
)
def test_no_address_breaks_the_admin(admin_client, path):
    admin_client.raise_request_exception = False

    for model in ROWS:
        assert admin_client.get(f"/admin/challenges/{model}/{path}").status_code < 500


def test_a_challenge_is_added_with_an_objective_and_a_report(admin_client, admin_user):
    objective = {
        "position": 1,
        "kind": "count",
        "wording": "25 personnes d’ici 2021",
        "target": "25",
        "due_on": "31/12/2021",
        "due_precision": "year",
    }
    report = {"on": "30/06/2020", "mood": "moving", "text": "Tout avance."}
    data = challenge_data(**formset("objectives", objective), **formset("reports", report))

    response = admin_client.post("/admin/challenges/challenge/add/", data)

    assert response.status_code == 302
    challenge = Challenge.objects.get()
    assert challenge.objectives.get().target == 25
    assert challenge.reports.get().by == admin_user


def test_a_report_already_written_keeps_its_author(admin_client):
    author = factories.user()
    report = factories.report(by=author)
    challenge = report.challenge
    new = {"on": "01/07/2020", "mood": "watch", "text": "À voir.", "challenge": challenge.pk}
    data = challenge_data(
        territory=challenge.territory_id,
        carrier=challenge.carrier_id,
        publication="published",
        **formset("reports", {"id": report.pk, "challenge": challenge.pk}, new, initial=1),
    )

    response = admin_client.post(f"/admin/challenges/challenge/{challenge.pk}/change/", data)

    assert response.status_code == 302
    report.refresh_from_db()
    assert (report.by, report.text) == (author, "Tout avance.")
    assert challenge.reports.count() == 2


@pytest.mark.parametrize(
    ("objective", "message"),
    [
        ({"kind": "count"}, "Indiquez la cible, sauf pour un objectif par étapes."),
        ({"kind": "zero", "target": "3"}, "La cible d’un objectif « retour à zéro » est 0."),
        ({"kind": "rate", "target": "0"}, "Le rythme annuel visé est supérieur à 0."),
        (
            {"kind": "qualitative", "due_on": "31/12/2021"},
            "Indiquez l’échéance et sa précision, ou aucune des deux.",
        ),
    ],
)
def test_an_objective_that_makes_no_sense_is_refused_with_words(admin_client, objective, message):
    row = {"position": 1, "wording": "Un objectif"} | objective

    response = admin_client.post(
        "/admin/challenges/challenge/add/", challenge_data(**formset("objectives", row))
    )

    assert response.status_code == 200
    assert message in response.text
    assert not Challenge.objects.exists()


def test_two_objectives_of_one_rank_are_refused_with_words(admin_client):
    row = {"position": 1, "kind": "qualitative", "wording": "Ouvrir le lieu"}

    response = admin_client.post(
        "/admin/challenges/challenge/add/", challenge_data(**formset("objectives", row, row))
    )

    assert response.status_code == 200
    assert "Une autre ligne porte déjà ce rang." in response.text


def test_two_challenges_of_one_number_are_refused_with_words(admin_client):
    there = factories.challenge()
    data = challenge_data(territory=there.territory_id, number=there.number)

    response = admin_client.post("/admin/challenges/challenge/add/", data)

    assert response.status_code == 200
    assert response.context["errors"]


def test_a_challenge_is_not_inspired_by_itself(admin_client):
    challenge = factories.challenge(publication="draft")
    data = challenge_data(territory=challenge.territory_id, replicated_from=challenge.pk)

    response = admin_client.post(f"/admin/challenges/challenge/{challenge.pk}/change/", data)

    assert response.status_code == 200
    assert "Un défi ne peut s’inspirer de lui-même." in response.text


def test_milestones_of_an_objective(admin_client):
    objective = factories.objective(kind="qualitative")
    url = f"/admin/challenges/objective/{objective.pk}/change/"
    data = {
        "challenge": objective.challenge_id,
        "position": 1,
        "wording": objective.wording,
        "kind": "qualitative",
    }
    row = {"position": 1, "wording": "Le lieu", "objective": objective.pk}

    twice = admin_client.post(url, data | formset("milestones", row, row))
    once = admin_client.post(url, data | formset("milestones", row))

    assert "Une autre ligne porte déjà ce rang." in twice.text
    assert once.status_code == 302
    assert Milestone.objects.count() == 1


def test_a_reading_is_signed_by_who_enters_it(admin_client, admin_user):
    response = admin_client.post("/admin/challenges/reading/add/", reading_data())

    assert response.status_code == 302
    reading = Reading.objects.get()
    assert (reading.by, str(reading.value)) == (admin_user, "12.50")


def test_a_report_is_signed_by_who_writes_it(admin_client, admin_user):
    data = {"challenge": factories.challenge().pk, "on": "30/06/2020", "mood": "nothing_new"}

    response = admin_client.post("/admin/challenges/progressreport/add/", data)

    assert response.status_code == 302
    assert Report.objects.get().by == admin_user


def test_a_reading_is_no_form_its_acts_change_it(admin_client):
    author = factories.user()
    reading = factories.reading(by=author)
    data = reading_data(value="99", source="Autre", on="01/01/2020", state="validated")
    address = f"/admin/challenges/reading/{reading.pk}/change/"

    admin_client.post(address, data)

    assert 'name="_save"' not in admin_client.get(address).text
    changed = Reading.objects.get()
    assert changed.state == "declared"
    assert (changed.value, changed.source, changed.on) == (10, reading.source, reading.on)
    assert (changed.objective_id, changed.by) == (reading.objective_id, author)


def test_no_reading_is_deleted(admin_client):
    reading = factories.reading()
    objective = reading.objective
    confirmed = {"post": "yes"}

    alone = admin_client.post(f"/admin/challenges/reading/{reading.pk}/delete/", confirmed)
    admin_client.post(f"/admin/challenges/objective/{objective.pk}/delete/", confirmed)
    admin_client.post(f"/admin/challenges/challenge/{objective.challenge_id}/delete/", confirmed)
    admin_client.post(
        "/admin/challenges/objective/",
        {"action": "delete_selected", "_selected_action": [objective.pk]} | confirmed,
    )

    assert alone.status_code == 403
    assert Reading.objects.filter(pk=reading.pk).exists()


def test_an_objective_is_not_deleted_from_its_challenge(admin_client):
    objective = factories.reading().objective
    challenge = objective.challenge
    row = {
        "id": objective.pk,
        "challenge": challenge.pk,
        "position": 1,
        "kind": "count",
        "wording": objective.wording,
        "target": "25",
        "DELETE": "on",
    }
    data = challenge_data(
        territory=challenge.territory_id,
        carrier=challenge.carrier_id,
        publication="published",
        **formset("objectives", row, initial=1),
    )

    admin_client.post(f"/admin/challenges/challenge/{challenge.pk}/change/", data)

    assert Objective.objects.filter(pk=objective.pk).exists()


def test_an_objective_without_reading_may_be_deleted(admin_client):
    objective = factories.objective()

    response = admin_client.post(
        f"/admin/challenges/objective/{objective.pk}/delete/", {"post": "yes"}
    )

    assert response.status_code == 302
    assert not Objective.objects.exists()


def test_a_correction_is_a_new_reading(admin_client):
    mistaken = factories.reading()
    page = admin_client.get(f"/admin/challenges/reading/{mistaken.pk}/change/").text
    add = "/admin/challenges/reading/add/"
    prefilled = f"?objective={mistaken.objective_id}&amp;supersedes={mistaken.pk}"
    assert f'href="{add}{prefilled}"' in page

    response = admin_client.post(
        add, reading_data(objective=mistaken.objective_id, supersedes=mistaken.pk)
    )

    assert response.status_code == 302
    assert Reading.objects.standing().get().supersedes == mistaken
    page = admin_client.get(f"/admin/challenges/reading/{mistaken.pk}/change/").text
    assert "Corriger ce relevé" not in page


def test_a_reading_corrects_one_of_the_same_objective_and_once(admin_client):
    elsewhere = factories.reading()
    corrected = factories.reading()
    factories.reading(objective=corrected.objective, supersedes=corrected)
    add = "/admin/challenges/reading/add/"

    other = admin_client.post(add, reading_data(supersedes=elsewhere.pk))
    again = admin_client.post(
        add, reading_data(objective=corrected.objective_id, supersedes=corrected.pk)
    )

    assert "Ce relevé mesure un autre objectif." in other.text
    assert again.status_code == 200
    assert "supersedes" in again.context["adminform"].form.errors
    assert Reading.objects.count() == 3


def test_a_reading_of_tomorrow_is_refused_with_words(admin_client):
    tomorrow = timezone.localdate() + timedelta(days=1)

    response = admin_client.post(
        "/admin/challenges/reading/add/", reading_data(on=f"{tomorrow:%d/%m/%Y}")
    )

    assert "Indiquez une date passée ou celle d’aujourd’hui." in response.text


def test_challenges_are_found_by_the_age_of_their_news(admin_client):
    def heard_of(days):
        on = timezone.localdate() - timedelta(days=days)
        return factories.report(on=on).challenge

    expected = {
        "recentes": {heard_of(120)},
        "anciennes": {heard_of(121), heard_of(180)},
        "silence": {heard_of(181)},
        "jamais": {factories.challenge()},
    }

    found = {
        name: set(
            admin_client.get(f"/admin/challenges/challenge/?nouvelles={name}")
            .context["cl"]
            .queryset
        )
        for name in expected
    }

    assert found == expected


def test_a_challenge_shows_its_news_and_counts_its_objectives(admin_client):
    objective = factories.reading(on=date(2020, 1, 1)).objective
    factories.reading(objective=objective)
    factories.report(challenge=objective.challenge)
    factories.report(challenge=objective.challenge)

    row = admin_client.get("/admin/challenges/challenge/").context["cl"].queryset.get()

    assert (row.objective_count, row.measured_count) == (1, 1)
    assert row.active_on == date(2020, 6, 30)


def test_the_link_to_the_site_is_there_when_the_public_reads_the_page(admin_client):
    public = factories.challenge()
    hidden = factories.challenge(publication="submitted")

    def links(challenge):
        page = admin_client.get(f"/admin/challenges/challenge/{challenge.pk}/change/").text
        return f'href="/defis/{challenge.slug}/"' in page

    assert links(public)
    assert not links(hidden)


def test_an_address_may_change_only_until_it_is_published(admin_client):
    slugs = {}
    for publication in ["draft", "submitted", "published", "archived"]:
        challenge = factories.challenge(publication=publication, slug=f"ancien-{publication}")
        data = challenge_data(
            territory=challenge.territory_id,
            number=challenge.number,
            slug=f"nouveau-{publication}",
            publication=publication,
        )
        url = f"/admin/challenges/challenge/{challenge.pk}/change/"
        assert admin_client.post(url, data).status_code == 302
        slugs[publication] = Challenge.objects.get(pk=challenge.pk).slug

    assert slugs == {
        "draft": "nouveau-draft",
        "submitted": "nouveau-submitted",
        "published": "ancien-published",
        "archived": "ancien-archived",
    }


def test_fictional_rows_say_so(admin_client):
    demonstration = Demonstration.objects.create()
    fictional = factories.challenge(demonstration=demonstration)
    factories.challenge()
    url = "/admin/challenges/challenge/"

    assert admin_client.get(url).text.count("fictif") == 1
    found = admin_client.get(f"{url}?donnee=fictive").context["cl"].queryset
    assert list(found) == [fictional]


# Pictures.


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def change(admin_client, challenge, **sent):
    """Send the form of a challenge with other values in these fields."""
    data = challenge_data(
        territory=challenge.territory_id,
        carrier=challenge.carrier_id,
        publication="published",
        image_alt=challenge.image_alt,
    )
    url = f"/admin/challenges/challenge/{challenge.pk}/change/"
    response = admin_client.post(url, data | sent)
    challenge.refresh_from_db()
    return response


def test_a_picture_is_sent_replaced_and_taken_away(admin_client, media):
    challenge = factories.challenge()

    assert change(admin_client, challenge, photo=factories.photo(), image_alt="Un toit").url
    first = challenge.image
    assert first.size == (1200, 900)
    html = admin_client.get(f"/admin/challenges/challenge/{challenge.pk}/change/").content.decode()
    assert f'<img src="{first.small.url}" width="480" height="360" alt="Un toit">' in html

    change(admin_client, challenge)
    assert challenge.image == first

    change(admin_client, challenge, photo=factories.photo(size=(300, 300)))
    assert challenge.image.size == (300, 300)
    assert challenge.image_alt == "Un toit"

    change(admin_client, challenge, without_photo="on")
    assert (challenge.image, challenge.image_alt) == ("", "")
    assert len([*media.iterdir()]) == 3  # history names them yet


@pytest.mark.parametrize(
    ("sent", "field", "message"),
    [
        ({"photo": "photo"}, "image_alt", "Dites ce que montre la photo"),
        ({"photo": "text", "image_alt": "Un toit"}, "photo", "n’est pas une photo"),
        ({"photo": "empty", "image_alt": "Un toit"}, "photo", "Ce fichier est vide"),
        ({"image_alt": "Un toit"}, "photo", "Choisissez la photo que vous décrivez"),
        ({"photo": "photo", "image_alt": "Un toit", "title": ""}, "photo", "de nouveau la photo"),
    ],
)
def test_what_lacks_is_said_beside_its_field_and_nothing_is_kept(
    admin_client, media, sent, field, message
):
    files = {
        "photo": factories.photo(),
        "text": SimpleUploadedFile("a.jpg", b"<script>"),
        "empty": SimpleUploadedFile("a.jpg", b""),
    }
    challenge = factories.challenge()

    sent = {name: files.get(value, value) for name, value in sent.items()}
    response = change(admin_client, challenge, **sent)

    [error] = response.context["adminform"].form.errors[field]
    assert message in error
    assert challenge.image == ""
    assert not media.exists()
