"""The pages of the administration that take a spreadsheet in, in two steps, and give one."""

import logging

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR, IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from territories.exchange import files
from territories.exchange.forms import MOST_CHOSEN, ExportForm, SendForm
from territories.exchange.kept import KeptFile
from territories.exchange.progress import LONG, as_it_goes
from territories.exchange.sheet import CHANGED, NEW, REFUSED, UNCHANGED

logger = logging.getLogger(__name__)

SHOWN = 200  # rows of each kind that a report lists

CHANGED_MEANWHILE = "Des données ont changé entre-temps\u00a0: relisez. Rien n’est écrit encore."
NOTHING_WRITTEN = "Rien n’est écrit\u00a0: des lignes sont refusées."
MARK = "<!-- suite -->"  # where the pieces of a long answer go in its frame
KIND_TITLES = [
    (REFUSED, "Lignes refusées"),
    (NEW, "Lignes nouvelles"),
    (CHANGED, "Lignes modifiées"),
]


def written(name, count):
    return (
        f"Import de {name}\u00a0: {count[NEW]} nouvelles, {count[CHANGED]} modifiées, "
        f"{count[UNCHANGED]} inchangées, {count[REFUSED]} refusées (lignes)."
    )


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
        table = files.read(content)
        sheet = self.sheet(request.user, file.name)
        sheet.check_headings(table)

        def told(report):
            token = KeptFile.keep(request.user, self.opts, file.name, content, report.digest)
            return self.report(request, report, token)

        return self.answer(request, file.name, sheet, table, lambda: sheet.tell(table), told)

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
        table = files.read(kept["content"])

        def carried_out():
            return sheet.carry_out(table, partly=partly, expected=kept["digest"])

        def told(report):
            KeptFile.forget(request.user, self.opts, token)
            if report.is_written:
                return {"written": written(kept["name"], report.count)}
            digest = kept["digest"] if report.failure else report.digest
            again = KeptFile.keep(request.user, self.opts, kept["name"], kept["content"], digest)
            warning = ""
            if digest != kept["digest"]:
                warning = CHANGED_MEANWHILE
            elif report.count[REFUSED]:
                warning = NOTHING_WRITTEN
            return self.report(request, report, again) | {"warning": warning}

        return self.answer(request, kept["name"], sheet, table, carried_out, told)

    def answer(self, request, name, sheet, table, work, told):
        """The report of ``work``, as ``told`` puts it in words; as it goes, if it is long."""
        title = f"Import de {name}"
        if len(table.rows) >= LONG:
            return self.answer_as_it_goes(request, title, sheet, table, work, told)
        context = told(work())
        if context["written"]:
            messages.success(request, context["written"])
            return self.to_list()
        return self.page(request, "report", title, **context)

    def answer_as_it_goes(self, request, title, sheet, table, work, told):
        """The same in pieces: the frame, how far it is, then the report."""
        frame = self.page(request, "progress", title).render().text
        before, after = frame.split(MARK)

        def stepping(step):
            sheet.step = step
            return work()

        def piece(name, context):
            return render_to_string(f"admin/exchange/{name}.html", context, request)

        def pieces():
            yield before
            try:
                for found in as_it_goes(stepping, len(table.rows)):
                    context = {"opts": self.opts, "total": len(table.rows)}
                    if isinstance(found, int):
                        yield piece("step", context | {"number": found})
                    else:
                        yield "</div>" + piece("result", context | told(found))
            except Exception:
                logger.exception("Import interrompu")
                yield "</div>" + piece("broken", {"opts": self.opts})
            yield after

        return StreamingHttpResponse(pieces(), headers={"X-Accel-Buffering": "no"})

    def report(self, request, report, token):
        """What the template of a report takes."""
        groups = [(kind, title, report.of(kind)) for kind, title in KIND_TITLES]
        count = report.count
        return dict(
            written="",
            warning="",
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
