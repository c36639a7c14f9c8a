from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, Permission

from accounts.models import User

ACTS = {"add": "ajouter", "change": "modifier", "delete": "supprimer", "view": "voir"}


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name"]


class UserForm(UserChangeForm):
    class Meta:
        model = User
        fields = ["email", "name", "password", "is_active", "is_staff", "is_superuser", "groups"]
        field_classes = {}


@admin.register(User)
class UserAdmin(auth_admin.UserAdmin):
    """Accounts. Rights come from groups; only a superuser hands out rights or touches a peer."""

    form = UserForm
    add_form = NewUserForm
    list_display = ["email", "name", "is_active", "is_staff", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser", "groups"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    filter_horizontal = ["groups"]
    readonly_fields = ["last_login", "date_joined"]
    actions = ["forget_second_factor", "end_sessions"]
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        (
            "Droits",
            {
                "fields": ["is_active", "is_staff", "groups", "is_superuser"],
                "description": "Les droits se donnent par groupe. "
                "Seul un superutilisateur peut les changer.",
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

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        if request.user.is_superuser:
            return fields
        return [*fields, "is_staff", "is_superuser", "groups"]

    def has_change_permission(self, request, obj=None):
        """Also guards the page that sets someone’s password."""
        return self.may_touch(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self.may_touch(request, obj) and super().has_delete_permission(request, obj)

    def may_touch(self, request, obj):
        return request.user.is_superuser or obj is None or not obj.is_superuser

    def has_rule_permission(self, request):
        return request.user.is_superuser

    @admin.action(description="Oublier le second facteur (téléphone perdu)", permissions=["rule"])
    def forget_second_factor(self, request, queryset):
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
