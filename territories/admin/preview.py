"""What a form would publish, shown in another tab before anything is saved."""

from urllib.parse import urlsplit

from django.contrib import admin
from django.contrib.admin.utils import quote, unquote
from django.db import transaction
from django.http import Http404, HttpResponseNotAllowed
from django.urls import path, reverse

from territories.preview import page_of


class PreviewAdmin(admin.ModelAdmin):
    """Adds « Aperçu » to the form of a row that a public page shows; of a model without files.

    The row is saved as the form saves it, with its children, its history and its words in the
    search; its page is drawn by the page’s own view; then all of it is undone, whatever happens.
    What is seen is what would be published, and nobody else sees it.
    """

    def preview_page(self, row):
        """The address of the page that shows a row."""
        return self.view_on_site(row)

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_preview"
        view = self.admin_site.admin_view(self.preview_view)
        return [
            path("add/apercu/", view, name=f"{name}_new"),
            path("<path:object_id>/apercu/", view, name=name),
            *super().get_urls(),
        ]

    def address(self, page, object_id=None):
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[quote(object_id)] if object_id else [])

    def preview_view(self, request, object_id=None):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if object_id and self.get_object(request, unquote(object_id)) is None:
            raise Http404
        request.is_preview = True
        form_url = self.address("change", object_id) if object_id else self.address("add")
        with transaction.atomic():
            answer = self.changeform_view(request, object_id, form_url, {"is_preview": True})
            transaction.set_rollback(True)
        return answer

    def response_add(self, request, obj, post_url_continue=None):
        if getattr(request, "is_preview", False):
            return self.previewed(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        if getattr(request, "is_preview", False):
            return self.previewed(request, obj)
        return super().response_change(request, obj)

    def previewed(self, request, row):
        """The page that shows a row just saved."""
        return page_of(request, row, urlsplit(self.preview_page(row)).path)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """With the address of the preview, for whoever may save; at the place that tells of it."""
        if add and self.has_add_permission(request):
            context["preview_address"] = self.address("preview_new")
        elif obj is not None and self.has_change_permission(request, obj):
            anchor = urlsplit(self.view_on_site(obj) or "").fragment
            address = self.address("preview", obj.pk)
            context["preview_address"] = f"{address}#{anchor}" if anchor else address
        return super().render_change_form(request, context, add, change, form_url, obj)
