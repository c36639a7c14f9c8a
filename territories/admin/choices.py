"""Choices by search: a key that none can be is one more wrong answer, said beside its field."""

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple

from territories.forms import PossibleKeys


class Select(PossibleKeys, AutocompleteSelect):
    pass


class SelectMultiple(PossibleKeys, AutocompleteSelectMultiple):
    pass


class SearchedChoices:
    """For a ``ModelAdmin`` or the rows of one that have ``autocomplete_fields``."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return super().formfield_for_foreignkey(
            db_field, request, **self.searched(Select, db_field, request, kwargs)
        )

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(
            db_field, request, **self.searched(SelectMultiple, db_field, request, kwargs)
        )

    def searched(self, widget, db_field, request, kwargs):
        if db_field.name not in self.get_autocomplete_fields(request):
            return kwargs
        return {"widget": widget(db_field, self.admin_site, using=kwargs.get("using"))} | kwargs
