from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Case, Count, Q, Value, When
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html_join

from geography.models import Area, PostalCode
from search.folding import Fold, fold


class OfficialAdmin(admin.ModelAdmin):
    """Official data: it changes with its files, by ``load_geography``, never by hand."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_search_results(self, request, queryset, search_term):
        # Django takes straight apostrophes for quotation marks around several words.
        return super().get_search_results(request, queryset, search_term.replace("'", "’"))


@admin.register(Area)
class AreaAdmin(OfficialAdmin):
    list_display = ["name", "code", "level", "nature", "place", "shown_population"]
    list_filter = ["level"]
    search_fields = ["name__folded", "^code"]
    search_help_text = "Nom, ou début du code INSEE ou SIREN."
    ordering = ["name", "code"]  # the model's own begins with the level, which no index serves
    fields = [
        ("name", "code"),
        ("level", "nature"),
        "place",
        "shown_population",
        "postcodes",
        "belongs_to",
        "contents",
        ("lon", "lat"),
        ("frame", "x", "y"),
    ]
    readonly_fields = ["shown_population", "postcodes", "belongs_to", "contents"]

    def get_search_results(self, request, queryset, search_term):
        queryset, may_repeat = super().get_search_results(request, queryset, search_term)
        term = search_term.strip()
        if term and request.resolver_match.url_name == "autocomplete":
            # « Lyon » before the fifteen communes whose name merely contains it.
            closeness = Case(
                When(Q(folded=fold(term)) | Q(code=term), then=Value(0)),
                When(folded__startswith=fold(term), then=Value(1)),
                default=Value(2),
            )
            queryset = queryset.alias(folded=Fold("name")).order_by(closeness, "name", "code")
        return queryset, may_repeat

    def view_on_site(self, area):
        if area.level == Area.Level.COMMUNE:
            return reverse("territories:commune", args=[area.code])
        return None

    @admin.display(description="population", ordering="population")
    def shown_population(self, area):
        if area.population is None:
            return None
        return number_format(area.population, force_grouping=True)

    @admin.display(description="codes postaux")
    def postcodes(self, area):
        return ", ".join(code for (code,) in area.postal_codes.values_list("code"))

    @admin.display(description="fait partie de")
    def belongs_to(self, area):
        return format_html_join(
            ", ",
            '<a href="{}">{}</a>',
            [
                (reverse("admin:geography_area_change", args=[parent.pk]), parent)
                for parent in area.parents.all()
            ],
        )

    @admin.display(description="contient")
    def contents(self, area):
        """How many areas of each level, with the way to their list: a région has 4,000."""
        listing = reverse("admin:geography_area_changelist")
        counts = area.children.order_by("level").values_list("level").annotate(Count("pk"))
        return format_html_join(
            ", ",
            '<a href="{}?{}">{}\u00a0: {}</a>',
            [
                (
                    listing,
                    urlencode({"parents__id__exact": area.pk, "level__exact": level}),
                    Area.Level(level).label,
                    number_format(count, force_grouping=True),
                )
                for level, count in counts
            ],
        )


@admin.register(PostalCode)
class PostalCodeAdmin(OfficialAdmin):
    list_display = ["code", "area", "place"]
    list_select_related = ["area"]
    search_fields = ["^code", "area__name__folded", "=area__code"]
    search_help_text = "Début du code postal, ou nom ou code INSEE de la commune."
    ordering = ["code"]

    def view_on_site(self, postal_code):
        return reverse("territories:commune", args=[postal_code.area.code])

    @admin.display(description="situation", ordering="area__place")
    def place(self, postal_code):
        return postal_code.area.place
