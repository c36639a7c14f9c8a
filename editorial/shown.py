"""What the public pages read of passages and notices: one look at the database in ten seconds."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import caches
from django.utils import timezone

from editorial.models import AT_ONCE, Notice, Passage
from editorial.passages import DECLARED, MARKDOWN, complete
from territories.markdown import render
from territories.preview import under_preview

KEY = "editorial"
SECONDS = 10  # how late a text may change on a page; a page may be kept longer


@dataclass(frozen=True)
class Shown:
    """Every passage as its page shows it, and the notices that show or will."""

    passages: dict[str, str]
    planned: list[Notice]

    def notices(self, at: datetime | None = None) -> list[Notice]:
        """Those to show now: the one under preview whatever its dates, then the gravest."""
        at = at or timezone.now()
        row = under_preview.get()
        seen = [row] if isinstance(row, Notice) else []
        seen += [notice for notice in self.planned if notice.is_shown(at) and notice not in seen]
        return seen[:AT_ONCE]


def kept() -> Shown:
    """At most ten seconds old; a preview reads what it has just written, and leaves no trace."""
    if under_preview.get() is not None:
        return read()
    return caches["local"].get_or_set(KEY, read, SECONDS)


def at_hand() -> Shown:
    """What is kept, or else the words of the site, for a page that may not ask the database."""
    return caches["local"].get(KEY) or of_site()


def read() -> Shown:
    planned = Notice.objects.filter(ends_at__gt=timezone.now()).by_weight()
    return Shown(displayed(Passage.objects.written()), [*planned])


def of_site() -> Shown:
    return Shown(displayed({}), [])


def displayed(written) -> dict[str, str]:
    return {
        key: render(words, DECLARED[key].heading) if DECLARED[key].shape == MARKDOWN else words
        for key, words in complete(written).items()
    }
