from django.db import models

from territories.models.collective import Organisation


class FormerOrganisation(models.Model):
    """What an organisation merged into another was known by: its address, and its key.

    The address still leads to the one that stays; the key is what an older version of a text, or a
    change proposed before, says of it.
    """

    slug = models.SlugField(max_length=80, unique=True)
    key = models.BigIntegerField(unique=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="former")

    class Meta:
        verbose_name = "ancienne adresse"
        default_permissions = ()

    def __str__(self):
        return self.slug


def standing_key(key: int) -> int:
    """The key of the organisation that stands for one: itself, unless it was merged."""
    into = FormerOrganisation.objects.filter(key=key).values_list("organisation", flat=True)
    return into.first() or key
