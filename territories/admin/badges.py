from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

# Of a freshness, a commitment or a label: what its colour says again, never alone.
TONES = {
    **dict.fromkeys(["fresh", "done", "reached", "in_force", "shown"], "good"),
    **dict.fromkeys(["stale", "expired", "suspended", "hidden", "changed"], "watch"),
    **dict.fromkeys(["silent", "late", "withdrawn"], "bad"),
}


def badge(state, words):
    """The words of a state, in the colour of its kind."""
    return format_html('<span class="badge badge--{}">{}</span>', TONES.get(state, "plain"), words)


def counted(count, model, **filters):
    """A number of rows, that leads to their list unless there is none."""
    if not count:
        return "0"
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return format_html('<a class="counted" href="{}?{}">{}</a>', page, urlencode(filters), count)
