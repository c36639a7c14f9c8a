from django.forms.renderers import TemplatesSetting


class DsfrRenderer(TemplatesSetting):
    """Draws every field of the site with the State's design system; the admin draws its own."""

    field_template_name = "forms/dsfr_field.html"
