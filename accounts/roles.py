"""What the team of the label may do: four groups, whose permissions are written here alone."""

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction

ADMINISTRATION = "administration"
EDITING = "rédaction"
REVIEW = "instruction"
OBSERVATION = "observation"
NAMES = [ADMINISTRATION, EDITING, REVIEW, OBSERVATION]

CONTENT = {"territories", "challenges", "manifesto", "editorial", "geography", "search"}
PEOPLE = {"accounts", "outbox", "space"}
TEAM = {"coordinator", "invitation"}  # of territories: people, not content
LABEL = {"wave", "designation"}  # who holds the label is no matter of writing
JOURNAL = "admin.view_logentry"


def permissions_of(name):
    """The permissions of a role, as a queryset."""
    every = Permission.objects.filter(content_type__app_label__in=CONTENT | PEOPLE)
    every = every.exclude(content_type__model__startswith="historical")
    journal = Permission.objects.filter(
        content_type__app_label="admin", codename=JOURNAL.partition(".")[2]
    )
    views = every.filter(codename__startswith="view_")
    content = every.filter(content_type__app_label__in=CONTENT)
    content = content.exclude(content_type__model__in=TEAM)
    if name == ADMINISTRATION:
        return every | journal
    if name == EDITING:
        return content.exclude(content_type__model__in=LABEL) | (content & views)
    if name == REVIEW:
        return content & views
    return (views & every.filter(content_type__app_label__in=CONTENT)) | journal


@transaction.atomic
def set_roles():
    """Create the four groups and give each exactly its permissions; return what changed.

    Django writes permissions once every migration is done: a migration would find none of them on
    a new database, hence a command, which asks for them first.
    """
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0)
    changed = []
    for name in NAMES:
        group, is_new = Group.objects.get_or_create(name=name)
        wanted = set(permissions_of(name).values_list("pk", flat=True))
        if is_new or wanted != set(group.permissions.values_list("pk", flat=True)):
            group.permissions.set(wanted)
            changed.append(name)
    return changed


def role_of(user):
    """The group that is this account’s role, or None."""
    return user.groups.filter(name__in=NAMES).first()


def rules(user):
    """Whether an account may open accounts and hand out roles."""
    return user.is_superuser or user.groups.filter(name=ADMINISTRATION).exists()


def give_role(user, group):
    """Make this group the only role of an account, or none; staff are those who have one.

    Whoever calls it changes the rights: somebody of the staff without a role stays so otherwise.
    """
    user.groups.remove(*Group.objects.filter(name__in=NAMES))
    if group:
        user.groups.add(group)
    user.is_staff = bool(group) or user.is_superuser
    user.save(update_fields=["is_staff"])
