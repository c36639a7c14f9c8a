"""Filters of every template (see TEMPLATES in the settings)."""

from django import template

from territories import french
from territories.glossary import spell_out

register = template.Library()
register.filter("spelled_out", spell_out)
register.filter("long_date", french.long_date)


@register.filter
def plural(counted):
    """The « s » of a plural number or list, from two: ``pluralize`` would write « 0 défis »."""
    number = counted if isinstance(counted, int) else len(counted)
    return "s" if number >= 2 else ""
