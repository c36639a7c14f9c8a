from django.db import connection, models
from django.db.models import Case, Count, F, Max, Sum, When

from search.words import LONGEST

IN_TITLE, IN_BODY = 4, 1  # what a word weighs by where it is
OWN = 2  # how many times more it weighs as itself than as the beginning of another


class Entry(models.Model):
    """One thing that can be found, as it was when last told.

    Whether the public may see it is not kept here: it is asked of ``source`` at each search.
    """

    source = models.CharField(max_length=20)
    key = models.PositiveBigIntegerField()
    kind = models.CharField("sorte", max_length=20)
    url = models.CharField("adresse", max_length=300)
    title = models.CharField("titre", max_length=300)
    note = models.CharField("précision", max_length=400, blank=True)
    body = models.TextField("texte", blank=True)
    is_fictional = models.BooleanField("fictif", default=False)
    sort = models.CharField(max_length=300)

    class Meta:
        verbose_name = "entrée de l’index"
        verbose_name_plural = "entrées de l’index"
        ordering = ["source", "key"]
        constraints = [models.UniqueConstraint("source", "key", name="entry_once_by_source")]

    def __str__(self):
        return self.title


class OccurrenceQuerySet(models.QuerySet):
    def scores(self, terms, *, every=True):
        """Pairs of entry and score: of entries with every one of the terms, or with one of them.

        The index of stems gives all of it, without a look at the entries.
        """
        stems = {term.stem for term in terms}
        if len(stems) == len(terms) and not any(term.completions - stems for term in terms):
            # Words that begin no other, the most usual: the same sum, for a fraction of the work.
            found = self.filter(stem__in=sorted(stems)).order_by().values("entry")
            found = found.annotate(score=Sum("weight") * OWN)
            if every:
                found = found.alias(had=Count("pk")).filter(had=len(stems))
            return found.values_list("entry", "score")
        whole = models.IntegerField()
        stems, scores = set(), {}
        for position, term in enumerate(terms):
            cases = [When(stem=term.stem, then=F("weight") * OWN)]
            if beginning := term.completions - {term.stem}:
                cases.append(When(stem__in=sorted(beginning), then=F("weight")))
            stems |= term.stems
            scores[f"score_{position}"] = Max(Case(*cases, default=0, output_field=whole))
        found = self.filter(stem__in=sorted(stems)).order_by().values("entry")
        found = found.annotate(**scores)
        if every:
            found = found.filter(**{f"{name}__gt": 0 for name in scores})
        score = sum((F(name) for name in scores), start=models.Value(0))
        return found.annotate(score=score).values_list("entry", "score")


class Occurrence(models.Model):
    """That an entry has a stem, and what it weighs there: the most of its places."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="occurrences")
    stem = models.CharField(max_length=LONGEST)
    weight = models.PositiveSmallIntegerField()

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        verbose_name = "occurrence"
        indexes = [models.Index(fields=["stem", "entry", "weight"], name="occurrence_by_stem")]

    def __str__(self):
        return self.stem


class WordQuerySet(models.QuerySet):
    def beginning(self, text):
        """Those that begin so, by the index: for a range on SQLite, for LIKE on PostgreSQL."""
        if connection.vendor == "sqlite":
            return self.filter(text__gte=text, text__lt=text + "{")  # what follows z
        return self.filter(text__startswith=text)


class Word(models.Model):
    """A word some entry has, or had: what the last word of a query may be the beginning of."""

    text = models.CharField(max_length=LONGEST, unique=True)
    stem = models.CharField(max_length=LONGEST)

    objects = WordQuerySet.as_manager()

    class Meta:
        verbose_name = "mot"
        indexes = [
            models.Index(fields=["text"], name="word_beginning", opclasses=["varchar_pattern_ops"])
        ]

    def __str__(self):
        return self.text
