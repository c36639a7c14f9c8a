"""« Ma commune »: is where I live in a labelled territory, in which, and why?"""

from dataclasses import dataclass, field

from django.core.cache import cache
from django.db.models import (
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Subquery,
    prefetch_related_objects,
)
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from geography.distance import kilometres, middle, on_earth
from geography.models import Area
from geography.names import POSTCODE, lookup, of_departement, sure_one
from territories.map import places, position
from territories.models import CollectiveMember, Territory

LONGEST = 100  # characters; the longest name of a commune has 45
CHOICES = 20
SUGGESTIONS = 8
SUGGESTION_LETTERS = 2
SUGGESTION_SECONDS = 3600
NEAREST = 3
KEPT_SECONDS = 10  # how late a change of the labels may show; a page may be kept longer

WIDE_LEVELS = [Area.Level.REGION, Area.Level.DEPARTEMENT]


@require_safe
def my_commune(request):
    typed = readable(request.GET.get("q", ""))
    found, error = [], ""
    if "q" in request.GET:
        found, error = search(typed)
        if commune := sure_one(found):
            return redirect("territories:commune", commune.code)
    return render(
        request,
        "territories/commune_search.html",
        {"typed": typed, "found": found, "error": error, "is_cut": len(found) == CHOICES},
    )


@require_safe
def commune_suggestions(request):
    typed = readable(request.GET.get("q", ""))
    found = []
    if SUGGESTION_LETTERS <= len(typed) <= LONGEST:
        found = lookup(typed, SUGGESTIONS)
    suggestions = [
        {
            "code": commune.code,
            "label": full_name(commune),
            "url": reverse("territories:commune", args=[commune.code]),
        }
        for commune in found
    ]
    response = JsonResponse(suggestions, safe=False, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = f"public, max-age={SUGGESTION_SECONDS}"
    return response


@require_safe
def commune(request, code):
    links = Territory.areas.through.objects.filter(area=OuterRef("pk"))
    areas = Area.objects.annotate(is_in_perimeter=Exists(links))
    communes = areas.at_level(Area.Level.COMMUNE).prefetch_related(
        Prefetch("parents", areas), "postal_codes"
    )
    commune = get_object_or_404(communes, code=code)
    around = Surroundings.of(commune)
    territories = covering(commune, around)
    labelled = [t for t in territories if is_labelled(t)]
    return render(
        request,
        "territories/commune.html",
        {
            "commune": commune,
            "around": around,
            "labelled": labelled,
            "former": [t for t in territories if t.label_status not in {"in_force", "none"}],
            "nearest": [] if labelled else nearest(commune),
        },
    )


def readable(typed):
    """What was typed, as it can be shown again: no control or hidden character."""
    return "".join(c if c.isprintable() else " " for c in typed).strip()


def search(typed):
    """The communes found and, when there is none, what to tell."""
    if not typed:
        return [], "Indiquez le nom ou le code postal de votre commune."
    if len(typed) > LONGEST:
        return [], (
            f"C’est trop long\u00a0: {LONGEST} caractères au plus. Indiquez seulement le nom ou le "
            "code postal de votre commune."
        )
    if found := lookup(typed, CHOICES):
        return found, ""
    if POSTCODE.fullmatch(typed):
        return [], (
            f"Aucune commune n’a le code postal {typed}. S’il s’agit d’un code CEDEX, indiquez "
            "plutôt le nom de la commune."
        )
    return [], (
        f"Aucune commune ne s’appelle «\u00a0{typed}\u00a0». Vérifiez l’orthographe, essayez le "
        "début du nom, ou le code postal."
    )


def full_name(commune):
    """« Saint-Denis (Seine-Saint-Denis) »; Paris is its own département."""
    if commune.place in {"", commune.name}:
        return commune.name
    return f"{commune.name} ({commune.place})"


@dataclass(frozen=True)
class Surroundings:
    """The areas a commune is in; None for what it has not."""

    departement: Area | None = None
    epci: Area | None = None
    ept: Area | None = None
    region: Area | None = None
    by_pk: dict[int, Area] = field(default_factory=dict)

    @classmethod
    def of(cls, commune):
        parents = commune.parents.all()
        by_level = {area.level: area for area in parents}
        return cls(**by_level, by_pk={area.pk: area for area in [commune, *parents]})


def covering(commune, around):
    """The public territories that hold the commune, each with its ``reason`` in words.

    No query for most communes, whose areas are in no perimeter; those of a région share theirs.
    """
    areas = sorted(pk for pk, area in around.by_pk.items() if area.is_in_perimeter)
    if not areas:
        return []
    name = "-".join(["covering", *map(str, areas)])
    territories = cache.get_or_set(name, lambda: holding(areas), KEPT_SECONDS)
    for territory in territories:
        territory.reason = reason(territory, commune, around.by_pk[territory.covering_area])
    return territories


def holding(areas):
    """The public territories whose perimeter names one of the areas, ready for the page."""
    links = Territory.areas.through.objects.filter(area__in=areas)
    link = links.filter(territory=OuterRef("pk"))
    territories = (
        Territory.objects.public()
        .filter(pk__in=links.values("territory"))
        .with_label()
        .annotate(covering_area=Subquery(link.values("area")[:1]), area_count=Count("areas"))
        .order_by("name")
    )
    attach_ways_in([territory for territory in territories if is_labelled(territory)])
    return [*territories]


def is_labelled(territory):
    return territory.label_status == "in_force"


def reason(territory, commune, area):
    perimeter = "périmètre indicatif" if territory.is_indicative else "périmètre"
    if territory.area_count > 1:
        perimeter = f"l’une des {territory.area_count} zones du {perimeter}"
    where = {
        Area.Level.REGION: f"dans la région {area.name}",
        Area.Level.DEPARTEMENT: f"dans le département {of_departement(area.name)}",
        Area.Level.EPCI: f"dans l’intercommunalité «\u00a0{area.name}\u00a0»",
        Area.Level.EPT: f"dans {area.name} (établissement public territorial)",
    }
    if area == commune:
        share = perimeter if territory.area_count > 1 else f"le {perimeter}"
        return f"{commune.name} est {share} du {named(territory)}."
    return f"{commune.name} est {where[area.level]}, {perimeter} du {named(territory)}."


def named(territory):
    """« territoire Est Ensemble », « Territoire Olympique 2024 »."""
    name = territory.name
    return name if name.startswith("Territoire") else f"territoire {name}"


def attach_ways_in(territories):
    """Give each its ``leads`` (memberships) and ``ways_in``: its public challenges, as dicts.

    By the names of relations: this app does not know the one of challenges.
    """
    if not territories:
        return
    leads = CollectiveMember.objects.current().filter(role=CollectiveMember.Role.LEAD)
    to_leads = Prefetch("members", leads.select_related("organisation"), to_attr="leads")
    prefetch_related_objects(territories, to_leads)
    challenges = (
        Territory.objects.filter(
            pk__in=[t.pk for t in territories], challenges__publication="published"
        )
        .order_by("challenges__number")
        .values(
            "pk",
            challenge=F("challenges__title"),
            challenge_slug=F("challenges__slug"),
            carrier=F("challenges__carrier__name"),
            carrier_slug=F("challenges__carrier__slug"),
        )
    )
    by_territory = {territory.pk: [] for territory in territories}
    for challenge in challenges:
        by_territory[challenge["pk"]].append(challenge)
    for territory in territories:
        territory.ways_in = by_territory[territory.pk]


@dataclass(frozen=True)
class Near:
    """A labelled territory and its distance, in km.

    From the middle of the commune to the middle of the territory: of the nearest of its areas; of
    ``part``, the nearest intercommunalité of a région or a département; of the commune that marks
    a territory without area.
    """

    territory: Territory
    km: float
    part: str

    @property
    def note(self):
        """What the distance is to, when it is not simply to the territory."""
        if self.part:
            return f"par l’intercommunalité «\u00a0{self.part}\u00a0»"
        if self.territory.area_pk is None:
            return f"repère\u00a0: {self.territory.anchor.name}, sans périmètre connu"
        return ""


def nearest(commune):
    """The three labelled territories nearest to a commune; none when we do not know where it is."""
    here = middle(commune.lon, commune.lat, commune.frame, commune.x, commune.y)
    return near(here) if here else []


def neighbours(territory):
    """The three others nearest to a territory, likewise."""
    areas = places(territory)
    here = on_earth(areas[0].frame, *position(territory)) if areas else None
    return near(here, but=territory.pk) if here else []


def near(here, but=None):
    best = {}
    for territory, there, part in cache.get_or_set("landmarks", landmarks, KEPT_SECONDS):
        km = kilometres(here, there)
        if territory.pk != but and (territory.pk not in best or km < best[territory.pk].km):
            best[territory.pk] = Near(territory, km, part)
    return sorted(best.values(), key=lambda near: near.km)[:NEAREST]


def landmarks():
    """Where the labelled territories are: (territory, middle, name of the part that is there)."""
    point = ("lon", "lat", "frame", "x", "y")
    rows = [
        *Territory.objects.public()
        .labelled()
        .select_related("anchor")
        .defer("presentation", "presentation_html", "plain_summary")
        .annotate(
            area_pk=F("areas"),
            area_level=F("areas__level"),
            **{f"area_{name}": F(f"areas__{name}") for name in point},
        )
    ]
    wide = {row.area_pk for row in rows if row.area_level in WIDE_LEVELS}
    parts = {}  # of each wide area: where its intercommunalités are, and their names
    epcis = Area.objects.filter(level=Area.Level.EPCI, parents__in=wide).order_by()
    for pk, name, *at in epcis.values_list("parents", "name", *point):
        parts.setdefault(pk, []).append((middle(*at), name))
    points = []
    for row in rows:
        owner, prefix = (row, "area_") if row.area_pk else (row.anchor, "")
        itself = middle(*(getattr(owner, prefix + name, None) for name in point))
        points += [(row, *part) for part in parts.get(row.area_pk, [(itself, "")])]
    return [(territory, there, part) for territory, there, part in points if there]
