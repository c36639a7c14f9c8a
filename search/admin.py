from django.contrib import admin

from search import index


class IndexedAdmin(admin.ModelAdmin):
    """Keeps the search index true to the rows changed here, and to those that follow them."""

    def get_search_results(self, request, queryset, search_term):
        # Django takes straight apostrophes for quotation marks around several words.
        return super().get_search_results(request, queryset, search_term.replace("'", "’"))

    def save_model(self, request, obj, form, change):
        # Asked before: a row may leave the document that had its words.
        form.touched = [index.touched(obj)] if change else []
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        index.refresh(*form.touched, index.touched(form.instance))

    def delete_model(self, request, obj):
        touched = index.touched(obj)
        super().delete_model(request, obj)
        index.refresh(touched)

    def delete_queryset(self, request, queryset):
        touched = index.touched(*queryset)
        super().delete_queryset(request, queryset)
        index.refresh(touched)
