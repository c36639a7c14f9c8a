from datetime import timedelta

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, Permission
from django.db.models import Count, Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.html import format_html

from accounts import roles
from accounts.models import User

ACTS = {"add": "ajouter", "change": "modifier", "delete": "supprimer", "view": "voir"}


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name"]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        # For browsers that keep passwords, which would take the name for the account's.
        self.fields["email"].widget.attrs["autocomplete"] = "username"
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        # The page focuses its first field by itself; the browser would complain of two.
        self.fields["email"].widget.attrs.pop("autofocus", None)


class UserForm(UserChangeForm):
    class Meta:
        model = User
        fields = ["email", "name", "password", "is_active", "is_superuser"]
        field_classes = {}

    role = forms.ModelChoiceField(
        Group.objects.filter(name__in=roles.NAMES),
        label="Rôle",
        required=False,
        empty_label="Aucun\u00a0: n’entre pas dans l’administration",
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.initial["role"] = roles.role_of(self.instance)


class RoleFilter(admin.SimpleListFilter):
    title = "rôle"
    parameter_name = "role"

    def lookups(self, request, model_admin):
        spoken = [(name, name) for name in roles.NAMES]
        return [
            *spoken,
            ("super", "superutilisateur"),
            ("territoire", "coordonne un territoire"),
            ("aucun", "aucun rôle, aucun territoire"),
        ]

    def queryset(self, request, queryset):
        value = self.value()
        if value in roles.NAMES:
            return queryset.filter(groups__name=value)
        if value == "super":
            return queryset.filter(is_superuser=True)
        if value == "territoire":
            return queryset.filter(coordinations__isnull=False).distinct()
        if value == "aucun":
            roleless = queryset.exclude(groups__name__in=roles.NAMES)
            return roleless.filter(is_superuser=False, coordinations=None)
        return queryset


class AccountFilter(admin.SimpleListFilter):
    title = "compte"
    parameter_name = "compte"

    def lookups(self, request, model_admin):
        return [
            ("ouvert", "ouvert"),
            ("ferme", "fermé"),
            ("sans-facteur", "de l’équipe, sans second facteur"),
        ]

    def queryset(self, request, queryset):
        if self.value() == "sans-facteur":
            return queryset.filter(is_staff=True, is_protected=False)
        if self.value() in {"ouvert", "ferme"}:
            return queryset.filter(is_active=self.value() == "ouvert")
        return queryset


class VisitFilter(admin.SimpleListFilter):
    title = "dernière connexion"
    parameter_name = "connexion"

    def lookups(self, request, model_admin):
        return [("jamais", "jamais"), ("ancienne", "il y a plus d’un an")]

    def queryset(self, request, queryset):
        if self.value() == "jamais":
            return queryset.filter(last_login=None)
        if self.value() == "ancienne":
            return queryset.filter(last_login__lt=timezone.now() - timedelta(days=365))
        return queryset


@admin.register(User)
class UserAdmin(auth_admin.UserAdmin):
    """Accounts. Rights come from one role, which the administration gives, and not to oneself."""

    form = UserForm
    add_form = NewUserForm
    list_display = ["email", "name", "rights", "situation", "second_factor", "last_visit"]
    list_filter = [RoleFilter, AccountFilter, VisitFilter]
    search_fields = ["email__folded", "name__folded"]
    search_help_text = "Adresse électronique ou nom."
    ordering = ["email"]
    filter_horizontal = []
    readonly_fields = ["current_role", "territories", "last_login", "date_joined"]
    actions = ["forget_second_factor", "end_sessions"]
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        (
            "Droits",
            {
                "fields": ["is_active", "role", "is_superuser", "territories"],
                "description": "Les droits viennent du rôle, que seule l’administration donne. "
                "Personne ne change le sien.",
            },
        ),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["email", "name", "usable_password", "password1", "password2"],
            },
        )
    ]

    def get_fieldsets(self, request, obj=None):
        """The role as a choice for whoever may give it, else in words."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.may_give_role(request, obj):
            return fieldsets
        names = {"role": "current_role"}
        return [
            (title, options | {"fields": [names.get(name, name) for name in options["fields"]]})
            for title, options in fieldsets
        ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj and not self.may_give_role(request, obj):
            form.base_fields.pop("role", None)
        return form

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else [*fields, "is_superuser"]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if "role" in form.cleaned_data and {"role", "is_superuser"} & {*form.changed_data}:
            roles.give_role(form.instance, form.cleaned_data["role"])

    def get_queryset(self, request):
        protected = Authenticator.objects.filter(user=OuterRef("pk"))
        territories = User.objects.filter(pk=OuterRef("pk")).values("pk")
        return (
            super()
            .get_queryset(request)
            .prefetch_related("groups")
            .annotate(
                is_protected=Exists(protected),
                territory_count=Subquery(
                    territories.annotate(n=Count("coordinations__territory", distinct=True)).values(
                        "n"
                    )
                ),
            )
        )

    @admin.display(description="rôle")
    def rights(self, user):
        """What the account opens: administration by its role, the space by its territories."""
        names = [group.name for group in user.groups.all() if group.name in roles.NAMES]
        opened = ["superutilisateur"] if user.is_superuser else names
        if user.territory_count:
            count = user.territory_count
            opened.append(f"{count} territoire{'s' if count > 1 else ''}")
        return ", ".join(opened) or "aucun"

    @admin.display(description="compte", ordering="is_active")
    def situation(self, user):
        return "ouvert" if user.is_active else "fermé"

    @admin.display(description="second facteur", ordering="is_protected")
    def second_factor(self, user):
        """Staff are asked for one; nobody else is."""
        if user.is_protected:
            return "enregistré"
        return "à enregistrer" if user.is_staff else "—"

    @admin.display(description="dernière connexion", ordering="last_login")
    def last_visit(self, user):
        if not user.last_login:
            return "jamais"
        return date_format(timezone.localtime(user.last_login), "j F Y, H:i")

    @admin.display(description="territoires")
    def territories(self, user):
        """The way to the rights that the account has or had in the space."""
        count = user.coordinations.count()
        if not count:
            return "aucun"
        address = reverse("admin:territories_coordinator_changelist")
        return format_html('{} — <a href="{}?user={}">Voir</a>', count, address, user.pk)

    @admin.display(description="rôle")
    def current_role(self, user):
        return roles.role_of(user) or "Aucun"

    def may_give_role(self, request, obj):
        return obj.pk != request.user.pk and roles.rules(request.user)

    def has_change_permission(self, request, obj=None):
        """Also guards the page that sets someone’s password."""
        return self.may_touch(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self.may_touch(request, obj) and super().has_delete_permission(request, obj)

    def may_touch(self, request, obj):
        return request.user.is_superuser or obj is None or not obj.is_superuser

    def has_rule_permission(self, request):
        return roles.rules(request.user)

    def touchable(self, request, queryset):
        """Less the superusers, for whoever is not one."""
        return queryset if request.user.is_superuser else queryset.filter(is_superuser=False)

    @admin.action(description="Oublier le second facteur (téléphone perdu)", permissions=["rule"])
    def forget_second_factor(self, request, queryset):
        queryset = self.touchable(request, queryset)
        forgotten = queryset.filter(authenticator__isnull=False).distinct()
        names = [user.email for user in forgotten]
        for user in forgotten:
            user.end_sessions()
            self.log_change(request, user, "Second facteur oublié")
        Authenticator.objects.filter(user__email__in=names).delete()
        self.message_user(
            request,
            f"Second facteur oublié, sessions fermées\u00a0: {', '.join(names)}."
            if names
            else "Aucun de ces comptes n’avait de second facteur.",
            messages.SUCCESS if names else messages.WARNING,
        )

    @admin.action(description="Fermer toutes les sessions", permissions=["rule"])
    def end_sessions(self, request, queryset):
        queryset = self.touchable(request, queryset)
        for user in queryset:
            user.end_sessions()
            self.log_change(request, user, "Sessions fermées")
        self.message_user(request, f"Sessions fermées\u00a0: {len(queryset)} comptes.")


class PermissionField(forms.ModelMultipleChoiceField):
    """Permissions named in French: the database holds Django’s English names."""

    def label_from_instance(self, permission):
        act = permission.codename.partition("_")[0]
        model = permission.content_type.app_labeled_name
        return f"{model} | {ACTS.get(act, permission.name)}"


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(auth_admin.GroupAdmin):
    """Groups beside the four roles, whose permissions ``manage.py roles`` writes again."""

    list_display = ["name", "user_count"]
    search_fields = ["name__folded"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.annotate(user_count=Count("user")).order_by("name")

    @admin.display(description="comptes", ordering="user_count")
    def user_count(self, group):
        return group.user_count

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        """Offer what the admin checks: nobody is asked for a right on a history or a session."""
        offered = (
            Permission.objects.exclude(content_type__model__startswith="historical")
            .exclude(content_type__model="permission")
            .exclude(
                content_type__app_label__in=[
                    "account",
                    "admin",
                    "contenttypes",
                    "dsfr",
                    "mfa",
                    "sessions",
                ]
            )
        )
        return super().formfield_for_manytomany(
            db_field, request, queryset=offered, form_class=PermissionField, **kwargs
        )
