"""What may be cached, and what is undone: middleware, through the whole stack."""

import pytest
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.test import Client
from django.urls import include, path
from django.views.decorators.cache import cache_control

from frenchimpact.urls import handler400, handler403, handler404, handler500  # noqa: F401
from territories.models import Wave


def plain(request):
    return HttpResponse("ok")


def personal(request):
    return HttpResponse(f"vu {request.session.get('count', 0)} fois")


def remembering(request):
    request.session["count"] = 1
    return HttpResponse("ok")


def signed_in(request):
    return HttpResponse(f"bonjour {request.user}")


def with_form(request):
    return HttpResponse(get_token(request))


def with_cookie(request):
    response = HttpResponse("ok")
    response.set_cookie("choix", "sombre")
    return response


def moved(request):
    return HttpResponseRedirect("/plain/", status=int(request.GET["status"]))


@cache_control(public=True, max_age=3600)
def decided(request):
    return HttpResponse("ok")


def writing(request):
    """Write a row, then answer with the status asked for, or break."""
    Wave.objects.create(number=1)
    status = request.GET["status"]
    if status == "broken":
        raise ValueError
    return HttpResponse(status=int(status))


def depth(request):
    return HttpResponse(len(connection.savepoint_ids))


views = [plain, personal, remembering, signed_in, with_form, with_cookie, moved, decided]
views += [writing, depth]
urlpatterns = [path(f"{view.__name__}/", view) for view in views]
urlpatterns.append(path("", include("frenchimpact.urls")))  # what the error pages link to

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

PUBLIC = {"public", "max-age=60", "stale-while-revalidate=600"}
PRIVATE = {"private", "no-store"}


def cache_policy(response):
    return set(response["Cache-Control"].split(", "))


# What may be kept.


def test_a_page_that_knew_nobody_may_be_kept_a_minute(client):
    assert cache_policy(client.get("/plain/")) == PUBLIC
    assert cache_policy(client.head("/plain/")) == PUBLIC


@pytest.mark.parametrize(
    "address", ["/personal/", "/remembering/", "/signed_in/", "/with_form/", "/with_cookie/"]
)
def test_a_page_that_looked_at_the_person_is_never_kept(client, address):
    response = client.get(address)

    assert response.status_code == 200
    assert cache_policy(response) == PRIVATE


def test_an_answer_to_a_form_is_never_kept(client):
    assert cache_policy(client.post("/plain/")) == PRIVATE


def test_an_error_is_never_kept(client):
    assert cache_policy(client.get("/nulle-part/")) == PRIVATE
    broken = Client(raise_request_exception=False).get("/writing/", {"status": "broken"})
    assert cache_policy(broken) == PRIVATE


def test_only_a_lasting_redirection_may_be_kept(client):
    assert cache_policy(client.get("/moved/", {"status": "301"})) == PUBLIC
    assert cache_policy(client.get("/moved/", {"status": "302"})) == PRIVATE


def test_a_view_that_decided_is_obeyed(client):
    assert cache_policy(client.get("/decided/")) == {"public", "max-age=3600"}


def test_a_page_unchanged_is_not_sent_again(client):
    first = client.get("/plain/")

    again = client.get("/plain/", headers={"if-none-match": first["ETag"]})

    assert again.status_code == 304
    assert cache_policy(again) == PUBLIC


# What is undone.


@pytest.mark.parametrize("status", [200, 204, 302])
def test_what_a_form_wrote_is_kept_when_it_succeeds(client, status):
    assert client.post(f"/writing/?status={status}").status_code == status

    assert Wave.objects.count() == 1


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 500, 503])
def test_what_a_form_wrote_is_undone_when_the_answer_is_an_error(client, status):
    assert client.post(f"/writing/?status={status}").status_code == status

    assert Wave.objects.count() == 0


def test_what_a_form_wrote_is_undone_when_it_breaks():
    browser = Client(raise_request_exception=False)

    assert browser.post("/writing/?status=broken").status_code == 500
    assert Wave.objects.count() == 0


def test_only_writing_opens_a_transaction(client):
    outside = len(connection.savepoint_ids)
    depths = {
        method: int(client.generic(method, "/depth/").content or outside)
        for method in ["GET", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
    }

    assert depths == {
        "GET": outside,
        "OPTIONS": outside,
        **dict.fromkeys(["POST", "PUT", "PATCH", "DELETE"], outside + 1),
    }
