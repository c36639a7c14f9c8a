from django import forms
from django.contrib import admin
from django.db.models import BooleanField, Case, ExpressionWrapper, OuterRef, Q, Subquery, When
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst

from editorial.forms import PassageForm
from editorial.models import AT_ONCE, Notice, Passage
from editorial.passages import DECLARED, PAGES, complete
from editorial.shown import displayed
from search.folding import fold
from territories.admin.badges import badge
from territories.admin.filters import chosen
from territories.admin.preview import PreviewAdmin
from territories.admin.tracked import TrackedAdmin
from territories.markdown import plain


def in_words(displayed):
    """What a page shows, without its marks."""
    return plain(displayed) if isinstance(displayed, SafeString) else displayed


def shown_on(page):
    keys = [key for key, declared in DECLARED.items() if declared.page == page]
    return lambda rows: rows.filter(key__in=keys)


PageFilter = chosen(
    "page",
    "page",
    {page.rpartition(":")[2]: (words, shown_on(page)) for page, words in PAGES.items()},
)

WrittenFilter = chosen(
    "texte",
    "texte",
    {
        "modifie": ("modifié", lambda rows: rows.exclude(text="")),
        "origine": ("d’origine", lambda rows: rows.filter(text="")),
    },
)


@admin.register(Passage)
class PassageAdmin(PreviewAdmin, TrackedAdmin):
    """The whole list of what may be rewritten: nobody adds to it, nobody takes away."""

    form = PassageForm
    list_display = ["label", "page", "beginning", "situation", "changed"]
    list_filter = [PageFilter, WrittenFilter]
    search_fields = ["text__folded", "key"]
    search_help_text = "Des mots du texte, tels que le site les montre, ou son nom."
    readonly_fields = ["page", "current", "original"]
    ordering = [
        Case(
            *(When(key=key, then=place) for place, key in enumerate(DECLARED)),
            default=len(DECLARED),
        ),
        "pk",
    ]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        """Not of a passage that no page shows any more."""
        is_shown = obj is None or obj.declared is not None
        return is_shown and super().has_change_permission(request, obj)

    def get_queryset(self, request):
        changes = Passage.history.filter(id=OuterRef("pk"), history_type="~")
        last = changes.order_by("-history_id").values("history_date")[:1]
        return super().get_queryset(request).annotate(changed_at=Subquery(last))

    def get_search_results(self, request, queryset, search_term):
        """Also by the words of the site, which no row holds, and by the names of the passages."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        sought = fold(search_term).split()
        said = complete(Passage.objects.written())
        told = {key: fold(f"{DECLARED[key].told} {words}") for key, words in said.items()}
        keys = [key for key, words in told.items() if all(word in words for word in sought)]
        return queryset.filter(Q(pk__in=found.values("pk")) | Q(key__in=keys)), may_repeat

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        words = displayed(Passage.objects.written())
        for passage in changelist.result_list:
            passage.words = in_words(words.get(passage.key, passage.text))
        return changelist

    def get_fieldsets(self, request, obj=None):
        if not self.has_change_permission(request, obj):
            return [(None, {"fields": ["page", "current"]})]
        if not obj.text:
            return [(None, {"fields": ["page", "text"]})]
        return [
            (None, {"fields": ["page", "text"]}),
            ("Texte d’origine", {"fields": ["original", "restore"]}),
        ]

    def view_on_site(self, passage):
        declared = passage.declared
        if not declared:
            return None
        anchor = f"#{declared.anchor}" if declared.anchor else ""
        return reverse(declared.page) + anchor

    def save_model(self, request, obj, form, change):
        if not obj.text:
            obj._change_reason = request.editing.why or "Texte d’origine"
        super().save_model(request, obj, form, change)

    @admin.display(description="nom")
    def label(self, passage):
        return capfirst(passage.declared.label if passage.declared else passage.key)

    @admin.display(description="page")
    def page(self, passage):
        declared = passage.declared
        return PAGES[declared.page] if declared else "aucune\u00a0: le site ne le montre plus"

    @admin.display(description="texte")
    def beginning(self, passage):
        return Truncator(passage.words).chars(90) or "rien"

    @admin.display(description="situation")
    def situation(self, passage):
        return badge("changed", "modifié") if passage.text else badge("plain", "d’origine")

    @admin.display(description="dernière modification", ordering="changed_at")
    def changed(self, passage):
        if not passage.changed_at:
            return "jamais"
        return date_format(timezone.localtime(passage.changed_at), "j F Y, H:i")

    @admin.display(description="texte")
    def current(self, passage):
        words = complete(Passage.objects.written())
        return words.get(passage.key, passage.text) or "rien"

    @admin.display(description="le site dirait")
    def original(self, passage):
        others = Passage.objects.exclude(pk=passage.pk).written()
        return complete(others)[passage.key] or "rien"


SituationFilter = chosen(
    "situation",
    "situation",
    {
        "affichee": ("affichée", lambda rows: rows.shown()),
        "a-venir": ("à venir", lambda rows: rows.coming()),
        "terminee": ("terminée", lambda rows: rows.over()),
    },
)


@admin.register(Notice)
class NoticeAdmin(PreviewAdmin, TrackedAdmin):
    list_display = ["words", "level", "situation", "starts_at", "ends_at"]
    list_filter = [SituationFilter, "level"]
    search_fields = ["text__folded", "link_label__folded"]
    readonly_fields = ["situation"]
    fieldsets = [
        (None, {"fields": ["level", "text"]}),
        (
            "Quand",
            {
                "fields": ["starts_at", "ends_at"],
                "description": "L’annonce paraît et disparaît d’elle-même, en haut de toutes les "
                "pages\u00a0; un visiteur peut la voir une minute de plus. Trois au plus à la "
                "fois\u00a0: les plus graves, puis les plus récentes.",
            },
        ),
        ("Lien", {"fields": ["link_label", "link_url"], "description": "Facultatif."}),
    ]

    def get_queryset(self, request):
        seen = Notice.objects.shown().by_weight().values("pk")[:AT_ONCE]
        is_seen = ExpressionWrapper(Q(pk__in=seen), BooleanField())
        return super().get_queryset(request).annotate(is_seen=is_seen)

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.fieldsets
        words, (title, options), link = self.fieldsets
        return [words, (title, options | {"fields": ["situation", *options["fields"]]}), link]

    def get_form(self, request, obj=None, change=False, **kwargs):
        area = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
        return super().get_form(request, obj, change, widgets={"text": area}, **kwargs)

    def view_on_site(self, notice):
        return reverse("home") if notice.is_seen else None

    def preview_page(self, notice):
        return reverse("home")

    @admin.display(description="texte")
    def words(self, notice):
        return str(notice)

    @admin.display(description="situation", ordering="starts_at")
    def situation(self, notice):
        now = timezone.now()
        if notice.starts_at > now:
            return badge("coming", "à venir")
        if notice.ends_at <= now:
            return badge("over", "terminée")
        if not notice.is_seen:
            return badge("hidden", f"cachée par {AT_ONCE} autres")
        return badge("shown", "affichée")
