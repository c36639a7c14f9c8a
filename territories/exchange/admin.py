"""The pages of the administration that take a spreadsheet in, in two steps, and give one."""

import zlib

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR, IncorrectLookupParameters
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.crypto import get_random_string

from territories.exchange import files
from territories.exchange.sheet import CHANGED, NEW, REFUSED, UNCHANGED

KEPT_SECONDS = 1800  # a file waits so long for its second step
SHOWN = 200  # rows of each kind that a report lists
MOST_CHOSEN = 20_000

KIND_TITLES = [
    (REFUSED, "Lignes refusées"),
    (NEW, "Lignes nouvelles"),
    (CHANGED, "Lignes modifiées"),
]


class KeptFile:
    """A file between its two steps: in the cache that every process shares, for who sent it."""

    @staticmethod
    def key(user, options, token):
        return f"import:{options.label_lower}:{user.pk}:{token}"

    @classmethod
    def keep(cls, user, options, name, content, digest):
        token = get_random_string(32)
        kept = {"name": name, "content": zlib.compress(content), "digest": digest}
        cache.set(cls.key(user, options, token), kept, KEPT_SECONDS)
        return token

    @classmethod
    def find(cls, user, options, token):
        if not token.isalnum() or len(token) != 32 or not token.isascii():
            return None
        kept = cache.get(cls.key(user, options, token))
        return kept and kept | {"content": zlib.decompress(kept["content"])}

    @classmethod
    def forget(cls, user, options, token):
        cache.delete(cls.key(user, options, token))


class SendForm(forms.Form):
    file = forms.FileField(
        label="Fichier",
        max_length=200,
        allow_empty_file=True,  # said in our words
        help_text="CSV ou XLSX, 5\u00a0Mo au plus. La première ligne porte les titres.",
        error_messages={"required": "Choisissez un fichier."},
    )


class ExportForm(forms.Form):
    columns = forms.MultipleChoiceField(
        label="Colonnes", widget=forms.CheckboxSelectMultiple, required=False
    )
    extension = forms.ChoiceField(
        label="Format",
        choices=[("xlsx", "Classeur (XLSX)"), ("csv", "CSV")],
        widget=forms.RadioSelect,
        initial="xlsx",
    )
    chosen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, sheet, **options):
        super().__init__(*args, **options)
        headings = sheet.headings()
        self.fields["columns"].choices = [(heading, heading) for heading in headings]
        self.initial.setdefault("columns", headings)
        self.keys = sheet.keys

    def clean_columns(self):
        """With those that a later import needs, whatever was chosen."""
        return {*self.cleaned_data["columns"], *self.keys}

    def clean_chosen(self):
        chosen = [key for key in self.cleaned_data["chosen"].split(",") if key]
        if len(chosen) > MOST_CHOSEN or not all(
            key.isascii() and key.isdecimal() and len(key) < 19 for key in chosen
        ):
            raise forms.ValidationError("Sélection illisible.")
        return [int(key) for key in chosen]


@admin.action(description="Exporter la sélection", permissions=["view"])
def export_chosen(modeladmin, request, queryset):
    keys = ",".join(map(str, queryset.order_by().values_list("pk", flat=True)[:MOST_CHOSEN]))
    form = ExportForm(sheet=modeladmin.sheet(), initial={"chosen": keys})
    return modeladmin.export_page(request, form, keys.count(",") + 1)


class ExchangeAdmin(admin.ModelAdmin):
    """Adds import and export to the list of a model; ``sheet`` says its columns."""

    sheet = None
    change_list_template = "admin/exchange/change_list.html"

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("importer/", self.admin_site.admin_view(self.import_view), name=f"{name}_import"),
            path("exporter/", self.admin_site.admin_view(self.export_view), name=f"{name}_export"),
            *super().get_urls(),
        ]

    def get_actions(self, request):
        actions = super().get_actions(request)
        if self.has_view_permission(request) and IS_POPUP_VAR not in request.GET:
            actions["export_chosen"] = (export_chosen, "export_chosen", "Exporter la sélection")
        return actions

    def has_import_permission(self, request):
        return self.has_add_permission(request) and self.has_change_permission(request)

    def changelist_view(self, request, extra_context=None):
        given = {
            "can_import": self.has_import_permission(request),
            "import_url": f"admin:{self.opts.app_label}_{self.opts.model_name}_import",
            "export_url": f"admin:{self.opts.app_label}_{self.opts.model_name}_export",
            "selection": request.GET.urlencode(),
        }
        return super().changelist_view(request, given | (extra_context or {}))

    def page(self, request, name, title, **context):
        base = self.admin_site.each_context(request) | {"opts": self.opts, "title": title}
        return TemplateResponse(request, f"admin/exchange/{name}.html", base | context)

    def to_list(self):
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    # In

    def import_view(self, request):
        if not self.has_import_permission(request):
            raise PermissionDenied
        if request.method == "POST" and "token" in request.POST:
            return self.carry_out(request)
        is_sent = request.method == "POST"
        form = SendForm(request.POST, request.FILES) if is_sent else SendForm()
        if is_sent and form.is_valid():
            try:
                return self.told(request, form.cleaned_data["file"])
            except files.FileError as error:
                form.add_error("file", str(error))
        return self.send_page(request, form)

    def send_page(self, request, form):
        sheet = self.sheet()
        return self.page(
            request,
            "import",
            f"Importer des {self.opts.verbose_name_plural}",
            form=form,
            columns=sheet.headings(),
            keys=sheet.keys,
        )

    def told(self, request, file):
        """First step: what the file would change."""
        if file.size > files.MOST_BYTES:
            raise files.FileError(files.TOO_BIG)
        content = file.read()
        report = self.sheet(request.user, file.name).tell(files.read(content))
        token = KeptFile.keep(request.user, self.opts, file.name, content, report.digest)
        return self.report_page(request, report, file.name, token)

    def carry_out(self, request):
        """Second step: the same file, written as it was told."""
        token = request.POST["token"]
        kept = KeptFile.find(request.user, self.opts, token)
        if kept is None:
            form = SendForm()
            messages.error(request, "Ce fichier n’est plus gardé\u00a0: envoyez-le de nouveau.")
            return self.send_page(request, form)
        partly = request.POST.get("partly") == "on"
        sheet = self.sheet(request.user, kept["name"])
        report = sheet.carry_out(
            files.read(kept["content"]), partly=partly, expected=kept["digest"]
        )
        KeptFile.forget(request.user, self.opts, token)
        if report.is_written:
            self.say(request, kept["name"], report.count)
            return self.to_list()
        digest = kept["digest"] if report.failure else report.digest
        if digest != kept["digest"]:
            messages.warning(
                request,
                "Des données ont changé entre-temps\u00a0: relisez. Rien n’est écrit encore.",
            )
        elif report.count[REFUSED]:
            messages.error(request, "Rien n’est écrit\u00a0: des lignes sont refusées.")
        token = KeptFile.keep(request.user, self.opts, kept["name"], kept["content"], digest)
        return self.report_page(request, report, kept["name"], token)

    def say(self, request, name, count):
        done = (
            f"Import de {name}\u00a0: {count[NEW]} nouvelles, {count[CHANGED]} modifiées, "
            f"{count[UNCHANGED]} inchangées, {count[REFUSED]} refusées (lignes)."
        )
        messages.success(request, done)

    def report_page(self, request, report, name, token):
        groups = [(kind, title, report.of(kind)) for kind, title in KIND_TITLES]
        count = report.count
        return self.page(
            request,
            "report",
            f"Import de {name}",
            token=token,
            failure=report.failure,
            count=count,
            to_write=count[NEW] + count[CHANGED],
            groups=[
                {
                    "kind": kind,
                    "title": title,
                    "rows": rows[:SHOWN],
                    "total": len(rows),
                    "more": max(0, len(rows) - SHOWN),
                }
                for kind, title, rows in groups
                if rows
            ],
        )

    # Out

    def export_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = ExportForm(request.POST or None, sheet=self.sheet())
        try:
            queryset = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return self.to_list()
        if request.method == "POST" and form.is_valid():
            if chosen := form.cleaned_data["chosen"]:
                queryset = self.get_queryset(request).filter(pk__in=chosen)
            try:
                return self.file(form.cleaned_data, queryset)
            except files.FileError as error:
                form.add_error("extension", str(error))
        return self.export_page(request, form, queryset.count())

    def export_page(self, request, form, count):
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_export"
        return self.page(
            request,
            "export",
            f"Exporter des {self.opts.verbose_name_plural}",
            form=form,
            count=count,
            export_url=name,
            selection=request.GET.urlencode(),
        )

    def file(self, asked, queryset):
        sheet, extension = self.sheet(), asked["extension"]
        headings = [heading for heading in sheet.headings() if heading in asked["columns"]]
        content = files.written(extension, headings, sheet.lines(queryset, headings))
        name = f"{self.opts.model_name}-{timezone.localdate():%Y-%m-%d}.{extension}"
        return HttpResponse(
            content,
            content_type=files.TYPES[extension],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
