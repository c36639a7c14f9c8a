from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class FrenchImpactConfig(AppConfig):
    name = "frenchimpact"
    verbose_name = "Le French Impact"

    def ready(self):
        missing = [f"LEGAL_{name.upper()}" for name, value in settings.LEGAL.items() if not value]
        if missing and not settings.DEBUG:
            raise ImproperlyConfigured(
                "Le site ne démarre pas sans dire qui en répond. À renseigner : "
                + ", ".join(missing)
                + "."
            )
