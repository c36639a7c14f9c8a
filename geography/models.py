from django.db import connection, models
from django.db.models import Aggregate, Case, Count, JSONField, OuterRef, Subquery, Value, When
from django.db.models.functions import JSONArray


class JSONList(Aggregate):
    """The values of a group, in no order, as one list."""

    function = "JSON_GROUP_ARRAY"
    output_field = JSONField()

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, function="JSONB_AGG", **context)


class AreaQuerySet(models.QuerySet):
    def at_level(self, level):
        return self.filter(level=level)

    def containing(self, commune):
        """The commune itself and the areas it belongs to: EPCI, EPT, département, région.

        Reads its parents at once, if they are not prefetched: joined, they would make a database
        read every link of the country.
        """
        return self.filter(pk__in=[commune.pk, *(area.pk for area in commune.parents.all())])

    def with_contents(self):
        """Annotate ``contents``: lists of code, name and number of communes, which is 1 or more.

        They are the communes of the area or, for a région, which has thousands, its départements.
        """
        communes = Area.objects.at_level("commune").filter(parents=OuterRef("pk")).order_by()
        number = communes.values("parents").annotate(number=Count("pk")).values("number")
        departements = Area.objects.at_level("departement").filter(parents=OuterRef("pk"))

        def listed(areas, number):
            parts = JSONList(JSONArray("code", "name", number))
            return Subquery(
                areas.order_by().values("parents").annotate(parts=parts).values("parts")
            )

        return self.annotate(
            contents=Case(
                When(level="region", then=listed(departements, Subquery(number))),
                default=listed(communes, Value(1)),
            )
        )


class Area(models.Model):
    """An official area of France: région, département, EPCI, EPT or commune (COG 2026).

    ``population`` is the municipal population; its vintage differs from one level to another, so
    populations of different levels are never added up. ``x`` and ``y`` are the label point on the
    drawn map, in the units of ``data/map/frames.json``, inside the drawing named by ``frame``
    (« metropole » or the code of an overseas département).
    """

    class Level(models.TextChoices):
        REGION = "region", "région"
        DEPARTEMENT = "departement", "département"
        EPCI = "epci", "intercommunalité (EPCI)"
        EPT = "ept", "établissement public territorial"
        COMMUNE = "commune", "commune"

    level = models.CharField("niveau", max_length=11, choices=Level)
    code = models.CharField(
        max_length=9, help_text="Code INSEE, ou numéro SIREN pour un EPCI ou un EPT."
    )
    name = models.CharField("nom", max_length=200)
    nature = models.CharField(
        "nature", max_length=10, blank=True, help_text="Pour un EPCI : CC, CA, CU, METRO ou MET69."
    )
    parents = models.ManyToManyField(
        "self",
        symmetrical=False,
        related_name="children",
        blank=True,
        verbose_name="fait partie de",
    )
    population = models.PositiveIntegerField(null=True, blank=True)
    lon = models.FloatField("longitude", null=True, blank=True)
    lat = models.FloatField("latitude", null=True, blank=True)
    place = models.CharField(
        "situation",
        max_length=200,
        blank=True,
        help_text="Les départements (ou, pour un département, la région) où elle se trouve.",
    )
    frame = models.CharField("cadre de la carte", max_length=10, blank=True)
    x = models.FloatField(null=True, blank=True)
    y = models.FloatField(null=True, blank=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = "zone"
        verbose_name_plural = "zones"
        ordering = ["level", "name", "code"]
        constraints = [models.UniqueConstraint("level", "code", name="area_code_unique_in_level")]
        indexes = [models.Index("name", name="area_name")]

    def __str__(self):
        return f"{self.name} ({self.code})"


class Outline(models.Model):
    """The drawn border of an area, apart from it so that no list ever loads it by accident."""

    area = models.OneToOneField(
        Area, models.CASCADE, primary_key=True, related_name="outline", verbose_name="zone"
    )
    path = models.TextField(
        "tracé", help_text="Chemin SVG dans les unités de la carte (data/map/frames.json)."
    )

    class Meta:
        verbose_name = "contour"
        verbose_name_plural = "contours"

    def __str__(self):
        return f"Contour de {self.area}"


class PostalCode(models.Model):
    """A postcode that serves a commune; one code may serve many, one commune may have many."""

    code = models.CharField("code postal", max_length=5)
    area = models.ForeignKey(
        Area, models.CASCADE, related_name="postal_codes", verbose_name="commune"
    )

    class Meta:
        verbose_name = "code postal"
        verbose_name_plural = "codes postaux"
        ordering = ["code", "area__name"]
        constraints = [
            models.UniqueConstraint("code", "area", name="postal_code_unique_in_commune")
        ]

    def __str__(self):
        return self.code


class SpellingQuerySet(models.QuerySet):
    def beginning(self, text):
        """Those that begin so, by the index: for a range on SQLite, for LIKE on PostgreSQL."""
        if connection.vendor == "sqlite":
            return self.filter(text__gte=text, text__lt=text + "\uffff")
        return self.filter(text__startswith=text)


class Spelling(models.Model):
    """A way to type a commune's name, or its end from one of its words: ``geography.names``.

    ``population`` is the commune's, 0 when unknown, so that the index alone gives the best first.
    """

    text = models.CharField("écriture", max_length=400)
    area = models.ForeignKey(Area, models.CASCADE, related_name="spellings", verbose_name="commune")
    is_whole = models.BooleanField("nom entier")
    population = models.PositiveIntegerField()

    objects = SpellingQuerySet.as_manager()

    class Meta:
        verbose_name = "écriture"
        ordering = ["text"]
        indexes = [
            models.Index(
                fields=["text", "is_whole", "population", "area"],
                name="spelling_order",
                opclasses=["varchar_pattern_ops", "bool_ops", "int4_ops", "int8_ops"],
            )
        ]

    def __str__(self):
        return self.text
