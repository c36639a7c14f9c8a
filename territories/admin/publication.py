from django.contrib import admin, messages

from territories.models.label import Publication


def change_publication(modeladmin, request, queryset, publication, reason, done):
    """Change the publication of the chosen rows, and say how many changed."""
    chosen = queryset.count()
    changed = modeladmin.change_each(request, queryset, "publication", publication, reason)
    options = modeladmin.model._meta
    noun = options.verbose_name if changed < 2 else options.verbose_name_plural
    plural = "" if changed < 2 else "s"
    message = f"{changed or 'Aucun'} {noun} {done}{plural}."
    if already := chosen - changed:
        message += f" Déjà {done} : {already}."
    modeladmin.message_user(request, message, messages.SUCCESS if changed else messages.WARNING)


@admin.action(description="Publier la sélection sur le site", permissions=["change"])
def publish(modeladmin, request, queryset):
    change_publication(
        modeladmin,
        request,
        queryset,
        Publication.PUBLISHED,
        reason="Publication depuis la liste",
        done="publié",
    )


@admin.action(description="Archiver la sélection (retirer du site)", permissions=["change"])
def archive(modeladmin, request, queryset):
    change_publication(
        modeladmin,
        request,
        queryset,
        Publication.ARCHIVED,
        reason="Archivage depuis la liste",
        done="archivé",
    )
