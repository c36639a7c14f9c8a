from django.conf import settings
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from challenges import filters
from challenges.linked_data import of_challenge
from challenges.models import Challenge, Theme
from territories.facets import FilterForm
from territories.spreadsheet import csv_response

PAGE_SIZE = 24


def filter_form(request):
    return FilterForm(
        request.GET,
        everything=Challenge.objects.published(),
        facets=filters.facets(),
        orders=filters.ORDERS,
    )


def filtered(form):
    return form.rows.with_activity().order_by(*form.order)


@require_safe
def list(request):
    form = filter_form(request)
    page = Paginator(filtered(form), PAGE_SIZE).get_page(request.GET.get("page"))
    page.object_list = page.object_list.as_cards()
    return render(request, "challenges/list.html", {"form": form, "page": page})


@require_safe
def export(request):
    """A line an objective, with its last figures; a challenge without objective has its own."""
    headings = [
        "Défi",
        "Territoire",
        "Porteur",
        "Étape",
        "Objectif",
        "Où il en est",
        "Dernière mesure",
        "Dernières nouvelles",
        "Donnée de démonstration",
        "Adresse",
    ]
    return csv_response(
        "defis.csv", headings, export_rows(filtered(filter_form(request)).as_cards())
    )


def export_rows(challenges):
    for challenge in challenges:
        for objective in challenge.objectives.all() or [None]:
            progress = objective.progress if objective else None
            latest = progress.latest if progress else None
            fictional = challenge.demonstration_id or (latest and latest.demonstration_id)
            yield [
                challenge.title,
                challenge.territory.name,
                challenge.carrier.name,
                challenge.get_stage_display(),
                objective.wording if objective else "",
                progress.headline if progress else "",
                latest.on if latest else "",
                challenge.active_on,
                "oui" if fictional else "non",
                settings.SITE_URL + challenge.get_absolute_url(),
            ]


@require_safe
def detail(request, slug):
    published = Challenge.objects.published().with_activity().with_neighbours()
    challenge = get_object_or_404(
        published.select_related("territory", "carrier", "recognised_by"),
        slug=slug,
    )
    return render(
        request,
        "challenges/detail.html",
        {
            "challenge": challenge,
            "linked_data": of_challenge(challenge),
            "objectives": challenge.measured_objectives(),
            "tags": challenge.tags(),
            "reports": challenge.reports.order_by("-on", "-pk"),
            "related": Challenge.objects.published().related_to(challenge)[:12],
        },
    )


@require_safe
def theme(request, slug):
    theme = get_object_or_404(Theme, slug=slug)
    challenges = Challenge.objects.published().order_by("territory__name", "number")
    others = Theme.objects.in_use().exclude(pk=theme.pk).order_by("name")
    return render(
        request,
        "challenges/theme.html",
        {
            "theme": theme,
            "challenges": challenges.filter(themes=theme).as_cards(),
            "others": others,
        },
    )
