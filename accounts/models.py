from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac


class UserManager(BaseUserManager):
    use_in_migrations = True

    def get_by_natural_key(self, email):
        """The user of this address, whatever its case."""
        return self.get(email__iexact=email)

    def create_user(self, email, password=None, **fields):
        """Create a user; without a password the account can only be entered by other means."""
        if not email:
            raise ValueError("L’adresse électronique est obligatoire.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in: staff of the Haut-Commissariat or a territory's coordinator."""

    email = models.EmailField("adresse électronique", unique=True)
    name = models.CharField("prénom et nom", max_length=150, blank=True)
    is_staff = models.BooleanField(
        "membre de l’équipe", default=False, help_text="Peut entrer dans l’administration."
    )
    is_active = models.BooleanField(
        "compte actif",
        default=True,
        help_text="Décochez plutôt que de supprimer : l’historique garde ainsi son auteur.",
    )
    date_joined = models.DateTimeField("créé le", default=timezone.now, editable=False)

    # Part of what signs a session: one more, and every session of the account is over.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = "compte"
        verbose_name_plural = "comptes"
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_whatever_case",
                violation_error_message="Un compte existe déjà avec cette adresse.",
            )
        ]

    def __str__(self):
        return self.name or self.email

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)

    def _get_session_auth_hash(self, secret=None):
        return salted_hmac(
            "accounts.models.User.session",
            f"{self.password}:{self.session_epoch}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    def end_sessions(self):
        """Sign this account out of every browser."""
        User.objects.filter(pk=self.pk).update(session_epoch=models.F("session_epoch") + 1)

    def clean(self):
        super().clean()
        self.email = self.email.strip().lower()
