from django.contrib import admin
from django.utils.html import format_html

from territories.forms import IllustratedForm

PICTURE_FIELDS = ["shown_image", "photo", "without_photo", "image_alt"]


class IllustratedAdmin(admin.ModelAdmin):
    """Shows, receives and takes away the picture of a row; name ``PICTURE_FIELDS`` in its form."""

    form = IllustratedForm

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), "shown_image"]

    @admin.display(description="image")
    def shown_image(self, row):
        if not row.image or row.image.files:  # none, or one that a fault keeps from being written
            return "—"
        small = row.image.small
        return format_html(
            '<img src="{}" width="{}" height="{}" alt="{}">', small.url, *small.size, row.image_alt
        )
