"""The home page and the pages about the site itself."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from challenges.models import Challenge, Objective, Theme
from challenges.progress import attach_progress
from geography.names import exactly
from manifesto.models import Statement
from search.query import Query
from search.results import find
from territories.linked_data import as_script
from territories.map import drawing
from territories.models import Pillar, Territory

COMMUNES = 5  # of the same name, beside the results


def of_site():
    """What engines read of the portal: its name, and how to search it."""
    address = f"{settings.SITE_URL}{reverse('search')}?q={{search_term_string}}"
    return as_script(
        {
            "@type": "WebSite",
            "name": "Le French Impact",
            "url": f"{settings.SITE_URL}/",
            "potentialAction": {
                "@type": "SearchAction",
                "target": {"@type": "EntryPoint", "urlTemplate": address},
                "query-input": "required name=search_term_string",
            },
        }
    )


@require_safe
def home(request):
    territories = Territory.objects.public().labelled().with_areas().order_by("name")
    recent = Objective.objects.recently_measured().select_related(
        "challenge__territory", "challenge__carrier"
    )
    objectives = attach_progress([*recent[:3]])
    statements = Statement.objects.filter(manifesto__in_force=True)
    return render(
        request,
        "site/home.html",
        {
            "territories": territories,
            "figures": Challenge.objects.published().figures(),
            "objectives": objectives,
            "pillars": Pillar.objects.order_by("position"),
            "drawing": drawing(territories),
            "statement": statements.order_by("position").last(),
            "linked_data": of_site(),
        },
    )


@require_safe
def search(request):
    query = Query.read(request.GET.get("q", ""))
    page = request.GET.get("page", "")
    is_number = page.isdecimal() and len(page) < 9
    results = find(query, request.GET.get("type", ""), int(page) if is_number else 1)
    return render(
        request,
        "site/search.html",
        {
            "query": query,
            "results": results,
            "communes": exactly(query.text, COMMUNES),
        },
    )


@require_safe
def accessibility(request):
    return render(request, "site/accessibility.html")


@require_safe
def legal(request):
    return render(request, "site/legal.html")


@require_safe
def privacy(request):
    return render(request, "site/privacy.html")


@require_safe
def site_map(request):
    return render(
        request,
        "site/site_map.html",
        {
            "territories": Territory.objects.public().order_by("name"),
            "challenges": Challenge.objects.published().order_by("territory__name", "number"),
            "pillars": Pillar.objects.order_by("position"),
            "themes": Theme.objects.in_use().order_by("name"),
        },
    )


@require_safe
def robots(request):
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /compte/",
        "",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
