"""What every column of the database knows of people: the export, the erasure and a test read it.

A column that may hold a person's name, or point to an account, is classified here by hand. One
that nobody classified has no kind, and the suite fails until somebody decides.
"""

from enum import Enum

from django.apps import apps
from django.conf import settings
from django.db import models

from territories.markdown import RenderedField


class Kind(Enum):
    NONE = "not personal"
    OWNER = "the account that a row is about: the row goes with it"
    WHO = (
        "the account that acted, or has a right: the row stays, and points to nobody in particular"
    )
    IDENTITY = "the address or the name of a person"
    JOURNAL = "what the site tells of an act, or in a mail"
    WORKING = "a text between people at work, that the public does not read"
    PUBLIC = "a text that anyone may read"
    ADDRESS = "words in the address of a page"
    DERIVED = "made of other columns, whenever they are written"
    SECRET = "technical: opens something, never shown"  # noqa: S105  (a kind, not a secret)


NONE, OWNER, WHO, IDENTITY, JOURNAL, WORKING, PUBLIC, ADDRESS, DERIVED, SECRET = Kind

# Texts that may name somebody.
TEXTS = {JOURNAL, WORKING, PUBLIC, ADDRESS}

# Columns that name nobody whatever they are called; text and links to accounts are never here.
PLAIN_TYPES = (
    models.AutoField,
    models.IntegerField,
    models.DecimalField,
    models.FloatField,
    models.BooleanField,
    models.DateField,
    models.UUIDField,
)

COLUMNS = {
    "accounts.User": {SECRET: "password", IDENTITY: "email name"},
    "accounts.User_groups": {OWNER: "user"},
    "accounts.User_user_permissions": {OWNER: "user"},
    "account.EmailAddress": {OWNER: "user", IDENTITY: "email"},
    "account.EmailConfirmation": {SECRET: "key"},
    "mfa.Authenticator": {OWNER: "user", SECRET: "data"},
    "sessions.Session": {SECRET: "session_key session_data"},
    "admin.LogEntry": {WHO: "user", NONE: "object_id", JOURNAL: "object_repr change_message"},
    "outbox.Message": {IDENTITY: "to", JOURNAL: "subject text html error", NONE: "key"},
    "space.Receipt": {OWNER: "user"},
    "space.Draft": {OWNER: "user", ADDRESS: "address", WORKING: "fields"},
    "space.Reminder": {OWNER: "user"},
    "space.Refusal": {OWNER: "user"},
    "space.Viewing": {OWNER: "user", WHO: "viewer", JOURNAL: "reason"},
    "territories.Coordinator": {WHO: "user"},
    "territories.Invitation": {IDENTITY: "email", WHO: "invited_by"},
    "territories.Deed": {WHO: "by", NONE: "name", JOURNAL: "told answer"},
    "territories.Wave": {PUBLIC: "description announcement_source announcement_url"},
    "territories.Criterion": {PUBLIC: "wording source source_url"},
    "territories.Designation": {WORKING: "reason", NONE: "code"},
    "territories.Territory": {
        PUBLIC: "name summary presentation plain_summary website areas_note image_alt",
        ADDRESS: "slug",
        NONE: "image",
    },
    "territories.Organisation": {PUBLIC: "name description website", ADDRESS: "slug"},
    "territories.FormerOrganisation": {ADDRESS: "slug"},
    "territories.CollectiveMember": {PUBLIC: "note"},
    "territories.Pillar": {PUBLIC: "title short_title", ADDRESS: "slug"},
    "territories.Measure": {PUBLIC: "wording"},
    "territories.Instrument": {PUBLIC: "name nature purpose email", ADDRESS: "slug"},
    "territories.Commitment": {PUBLIC: "title blocked_by unblocked_by"},
    "challenges.Theme": {PUBLIC: "name", ADDRESS: "slug"},
    "challenges.Audience": {PUBLIC: "name", ADDRESS: "slug"},
    "challenges.Challenge": {
        PUBLIC: "title legal_form recognition need answer plain_summary website source_note "
        "image_alt",
        ADDRESS: "slug",
        WORKING: "returned_because",
        NONE: "image",
    },
    "challenges.Objective": {PUBLIC: "wording unit scope"},
    "challenges.Milestone": {PUBLIC: "wording"},
    "challenges.Reading": {WHO: "by", PUBLIC: "source comment"},
    "challenges.ProgressReport": {WHO: "by", PUBLIC: "text image_alt", NONE: "image"},
    "challenges.Proposal": {WHO: "author decided_by", WORKING: "reason"},
    "challenges.ProposedChange": {
        WORKING: "before after published reason",
        NONE: "field picture",
    },
    "manifesto.Statement": {PUBLIC: "headline paragraph"},
    "editorial.Passage": {NONE: "key", PUBLIC: "text"},
    "editorial.Notice": {PUBLIC: "text link_label link_url"},
    "search.Entry": {NONE: "source kind", DERIVED: "url title note body sort"},
    "search.Occurrence": {DERIVED: "stem"},
    "search.Word": {DERIVED: "text stem"},
    # Official names, and what Django and its packages say of the code.
    "geography.Area": {NONE: "code name nature place frame"},
    "geography.Outline": {NONE: "path"},
    "geography.PostalCode": {NONE: "code"},
    "geography.Spelling": {NONE: "text"},
    "auth.Group": {NONE: "name"},
    "auth.Permission": {NONE: "name codename"},
    "contenttypes.ContentType": {NONE: "app_label model"},
    "dsfr.DsfrConfig": {
        NONE: "site_title site_tagline notice_title notice_description notice_link "
        "notice_icon_class header_brand header_brand_html footer_brand footer_brand_html "
        "footer_description newsletter_description newsletter_url operator_logo_file "
        "operator_logo_alt"
    },
    "dsfr.DsfrSocialMedia": {NONE: "title url icon_class"},
}

# What each row of a history has beside the columns of its model.
OF_HISTORY = {"history_user": WHO, "history_change_reason": JOURNAL, "history_type": NONE}

KINDS = {
    label: {name: kind for kind, names in columns.items() for name in names.split()}
    for label, columns in COLUMNS.items()
}


def every_model():
    return apps.get_models(include_auto_created=True)


def is_history(model):
    return hasattr(model, "instance_type")


def kind_of(model, field) -> Kind | None:
    """What a column is; of a history, what it copies. None: nobody has classified it."""
    if is_history(model):
        if field.name in OF_HISTORY:
            return OF_HISTORY[field.name]
        model = model.instance_type
    return KINDS.get(model._meta.label, {}).get(field.name) or kind_by_type(field)


def kind_by_type(field):
    if isinstance(field, RenderedField):
        return DERIVED
    if isinstance(field, models.ForeignKey):
        return None if field.related_model._meta.label == settings.AUTH_USER_MODEL else NONE
    return NONE if field.choices or isinstance(field, PLAIN_TYPES) else None


def columns(model, *kinds) -> dict:
    """The fields of a model that are of these kinds, each with its kind."""
    found = {field: kind_of(model, field) for field in model._meta.concrete_fields}
    return {field: kind for field, kind in found.items() if kind in kinds}


def unclassified(models=None) -> list[str]:
    """The columns nobody has decided about, as « app.Model.column »."""
    return [
        f"{model._meta.label}.{field.name}"
        for model in (models or every_model())
        for field in model._meta.concrete_fields
        if kind_of(model, field) is None
    ]
