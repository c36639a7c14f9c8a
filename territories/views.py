from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from geography.contents import contents_of
from geography.models import Area
from territories import filters
from territories.communes import neighbours
from territories.facets import FilterForm
from territories.glossary import MEANINGS
from territories.linked_data import of_territory
from territories.map import drawing, perimeter
from territories.models import (
    Commitment,
    Criterion,
    Designation,
    Instrument,
    Measure,
    Organisation,
    Pillar,
    Territory,
    Wave,
)
from territories.pictures import path_of
from territories.spreadsheet import csv_response

PAGE_SIZE = 24


def filter_form(request):
    return FilterForm(
        request.GET,
        everything=Territory.objects.public(),
        facets=filters.facets(),
        orders=filters.ORDERS,
    )


def filtered(form):
    return form.rows.with_label().with_news().with_areas().order_by(*form.order)


@require_safe
def list(request):
    form = filter_form(request)
    page = Paginator(filtered(form), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "territories/list.html",
        {
            "form": form,
            "page": page,
            "drawing": drawing(page),
            "view": "carte" if request.GET.get("vue") == "carte" else "liste",
        },
    )


@require_safe
def export(request):
    rows = (
        [
            territory.name,
            territory.get_kind_display(),
            territory.place,
            territory.wave_number,
            territory.challenge_count,
            territory.measured_count,
            territory.active_on,
            "oui" if territory.is_indicative else "non",
            settings.SITE_URL + territory.get_absolute_url(),
        ]
        for territory in filtered(filter_form(request))
    )
    headings = [
        "Territoire",
        "Type",
        "Situation",
        "Vague",
        "Défis publiés",
        "Défis avec des résultats mesurés",
        "Dernières nouvelles",
        "Périmètre indicatif",
        "Adresse",
    ]
    return csv_response("territoires.csv", headings, rows)


@require_safe
def detail(request, slug):
    public = Territory.objects.public().with_label().with_contents().with_neighbours()
    territory = get_object_or_404(public, slug=slug)
    challenges = territory.challenges.published().order_by("number").as_cards()
    territory.active_on = max((c.active_on for c in challenges if c.active_on), default=None)
    return render(
        request,
        "territories/detail.html",
        {
            "territory": territory,
            "perimeter": perimeter(territory),
            "neighbours": neighbours(territory),
            "linked_data": of_territory(territory),
            "challenges": challenges,
            "pillars": Pillar.objects.plan_of(territory),
            "members": territory.members.current()
            .select_related("organisation")
            .order_by("organisation__category", "organisation__name"),
        },
    )


@require_safe
def plan(request, slug):
    territory = get_object_or_404(Territory.objects.public().with_label(), slug=slug)
    commitments = territory.commitments.select_related("instrument").order_by(
        "due_on", "title", "pk"
    )
    # By the relation: this app does not know the one of challenges.
    challenges = Commitment._meta.get_field("challenges").related_model.objects.published()
    pillars = Pillar.objects.prefetch_related(
        Prefetch(
            "commitments",
            commitments.prefetch_related(Prefetch("challenges", challenges)),
            to_attr="plan_commitments",
        ),
        Prefetch("measures__instruments", Instrument.objects.select_related("provider")),
    )
    return render(
        request,
        "territories/plan.html",
        {"territory": territory, "pillars": pillars.order_by("position")},
    )


@require_safe
def departement(request, slug, code):
    """The communes of one département of a territory that holds thousands."""
    territory = get_object_or_404(Territory.objects.public(), slug=slug)
    inside = Area.objects.filter(parents__territories=territory).values("pk")
    departements = Area.objects.at_level("departement").filter(pk__in=inside)
    found = get_object_or_404(departements.with_contents(), code=code)
    return render(
        request,
        "territories/departement.html",
        {"territory": territory, "departement": found, "communes": contents_of([found]).communes},
    )


@require_safe
def label(request):
    granted = Q(designations__in=Designation.objects.granted())
    labelled = Count(
        "designations__territory",
        filter=granted & Q(designations__territory__publication="published"),
        distinct=True,
    )
    return render(
        request,
        "territories/label.html",
        {
            "waves": Wave.objects.annotate(territory_count=labelled).order_by("number"),
            "glossary": MEANINGS,
            "criteria": Criterion.objects.order_by("position"),
            "pillars": Pillar.objects.prefetch_related("measures").order_by("position"),
        },
    )


@require_safe
def pillar(request, slug):
    pillars = Pillar.objects.order_by("position")
    pillar = get_object_or_404(pillars, slug=slug)
    instruments = Instrument.objects.select_related("provider").order_by("pk")
    acting = Q(commitments__pillar=pillar) & ~Q(commitments__state=Commitment.State.ABANDONED)
    territories = Territory.objects.public().annotate(
        commitment_count=Count("commitments", filter=acting)
    )
    return render(
        request,
        "territories/pillar.html",
        {
            "pillar": pillar,
            "pillars": pillars,
            "measures": Measure.objects.filter(pillar=pillar)
            .order_by("position")
            .prefetch_related("organisations", Prefetch("instruments", instruments)),
            "territories": territories.filter(commitment_count__gt=0).order_by("name"),
        },
    )


@require_safe
def organisation(request, slug):
    public = Organisation.objects.public()
    organisation = public.filter(slug=slug).first()
    if organisation is None:
        return redirect(get_object_or_404(public, former__slug=slug), permanent=True)
    return render(
        request,
        "territories/organisation.html",
        {
            "organisation": organisation,
            "challenges": organisation.challenges.published()
            .select_related("territory")
            .order_by("territory__name", "number"),
            "recognised": organisation.recognised_challenges.published().order_by("title"),
            "memberships": organisation.memberships.current()
            .filter(territory__in=Territory.objects.public())
            .select_related("territory")
            .order_by("territory__name"),
            "instruments": organisation.instruments.select_related("measure__pillar"),
            "measures": organisation.measures.select_related("pillar"),
        },
    )


@require_safe
def picture(request, name):
    """A picture, whose name is all one can ask for; a web server in front may do it instead."""
    try:
        content = path_of(name).read_bytes()
    except FileNotFoundError as error:
        raise Http404 from error
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Security-Policy": "default-src 'none'",
    }
    return HttpResponse(content, content_type="image/webp", headers=headers)
