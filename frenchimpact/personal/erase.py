"""Erasing what the site knows of a person, in its histories too.

The account stays, as nobody’s: what was done keeps having been done by somebody. Everything is in
one transaction, and asked twice the second finds nothing.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.journal import is_tracked
from accounts.models import User
from frenchimpact.personal.inventory import (
    ADDRESS,
    IDENTITY,
    JOURNAL,
    OWNER,
    PUBLIC,
    WORKING,
    columns,
    every_model,
    is_history,
)
from frenchimpact.personal.mentions import free, mentions, title_of
from frenchimpact.personal.words import ERASED, SHORTEST, Words, letters
from outbox.models import Message, State
from search import index
from territories.acts import ActError, locked, record
from territories.models import Coordinator, Invitation, Territory

NOBODY = "compte.invalid"  # a domain that cannot exist (RFC 2606)
PORTAL = f"portail@{NOBODY}"
WHY = "Données personnelles effacées"


@dataclass
class Erasure:
    """How many rows were erased, or written without the words, by the name of their table.

    ``left``: those of the present public texts that still have the words.
    """

    counts: Counter = field(default_factory=Counter)
    left: Counter = field(default_factory=Counter)
    touched: list = field(default_factory=list)  # documents of the search, before and after


def objections(user) -> list[str]:
    """What would lack without an account; an operator may go on all the same."""
    found = []
    superusers = User.objects.filter(is_superuser=True, is_active=True)
    if user.is_superuser and user.is_active and not superusers.exclude(pk=user.pk).exists():
        found.append("C’est le dernier superutilisateur\u00a0: donnez d’abord ce droit ailleurs.")
    for right in Coordinator.objects.active().referents().filter(user=user):
        others = Coordinator.objects.active().referents().filter(territory=right.territory_id)
        if not others.exclude(user=user).exists():
            found.append(
                f"{right.territory} n’aurait plus de référent\u00a0: confiez d’abord ce rôle."
            )
    return found


def account_of(address):
    return User.objects.filter(email__iexact=address).first()


def nobody(user) -> str:
    """The address that stands for an erased one."""
    return f"efface-{user.pk}@{NOBODY}" if user else f"efface@{NOBODY}"


@transaction.atomic
def erase(*, address: str, names=(), current=False, is_forced=False) -> Erasure:
    """Erase an address, its account and some names; see the inventory for where.

    ``names`` are struck out of every old version and every text at work; the name of the account,
    of what the site tells of acts only: it may be that of an institution. ``current`` strikes the
    words out of what the public reads today too. ``ActError`` when an account may not go.
    """
    done = Erasure()
    user = User.objects.select_for_update().filter(email__iexact=address).first()
    if user and not is_forced and (objected := objections(user)):
        raise ActError(objected)
    told = [user.name] if user and letters(user.name) >= SHORTEST else []
    if user:
        strike_logs_of(user, done)
        leave_teams(user, done)
        forget_owned(user, done)
    end_sessions(user, address, done)
    revoke_invitations(user, address, done)
    forget_mails(user, address, done)
    replace_address(user, address, done)
    if user:
        close(user, done)
    strike(Words(address, *names), Words(address, *names, *told), current, done)
    if done.touched:
        index.refresh(*done.touched)
    index.forget_words()
    if done.counts.total():
        leave_trace(user)
        # A file of an import may wait there, and attempts by address.
        transaction.on_commit(cache.clear)
    return done


# The account, and all that is about it.


def leave_teams(user, done):
    now = timezone.now()
    [*locked(Territory.objects.filter(coordinators__user=user))]
    for right in user.coordinations.filter(Q(until=None) | Q(until__gt=now)):
        right.until = max(right.since, now)
        record(right, by=None, why=WHY)
        done.counts[title_of(Coordinator)] += 1


def forget_owned(user, done):
    for model in every_model():
        for owner in columns(model, OWNER):
            count, _ = model._base_manager.filter(**{owner.name: user}).delete()
            if count:
                done.counts[title_of(model)] += count


def end_sessions(user, address, done):
    """Those signed in, and those of whoever was signing in."""
    words = Words(address)
    for session in Session.objects.iterator():
        data = session.get_decoded()
        is_theirs = user and data.get(SESSION_KEY) == str(user.pk)
        if is_theirs or words.struck_within(data) != data:
            session.delete()
            done.counts["Sessions"] += 1


def close(user, done):
    if user.email == nobody(user):
        return
    user.email, user.name, user.last_login = nobody(user), "", None
    user.is_active = user.is_staff = user.is_superuser = False
    user.session_epoch += 1
    user.set_unusable_password()
    user.save()
    done.counts[title_of(User)] += 1


def strike_logs_of(user, done):
    """Admin’s log names its objects, by a name that may be too short to be looked for."""
    about = {
        User: [user.pk],
        Coordinator: Coordinator.history.filter(user=user).values_list("id", flat=True),
        Invitation: Invitation.history.filter(email__iexact=user.email).values_list(
            "id", flat=True
        ),
    }
    for model, pks in about.items():
        rows = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(model), object_id__in=map(str, {*pks})
        )
        if count := rows.exclude(object_repr=ERASED).update(object_repr=ERASED):
            done.counts[title_of(LogEntry)] += count


# The address, wherever it stands alone in a column.


def revoke_invitations(user, address, done):
    for invitation in Invitation.objects.filter(email__iexact=address):
        if not (invitation.answered_at or invitation.revoked_at):
            invitation.revoked_at = timezone.now()
        invitation.email = nobody(user)
        record(invitation, by=None, why=WHY)
        done.counts[title_of(Invitation)] += 1


def forget_mails(user, address, done):
    """The key stays: nothing is sent twice. What was not sent is given up."""
    messages = Message.objects.filter(to__iexact=address)
    messages.filter(state__in=[State.WAITING, State.TO_CHECK, State.FAILED]).update(
        state=State.DROPPED
    )
    blank = dict.fromkeys(["text", "html", "error"], "")
    if count := messages.update(to=nobody(user), subject=ERASED, **blank):
        done.counts[title_of(Message)] += count


def replace_address(user, address, done):
    """In every other column of identity, which only histories have today."""
    for model in every_model():
        for column in columns(model, IDENTITY):
            if model is User:
                continue
            rows = model._base_manager.filter(**{f"{column.name}__iexact": address})
            if count := rows.update(**{column.name: nobody(user)}):
                done.counts[title_of(model)] += count


# The words, in texts.


def strike(words, words_told, current, done):
    public = {PUBLIC: words, ADDRESS: words}
    within = {JOURNAL: words_told, WORKING: words}
    # Histories last: a row that is saved leaves its present texts in its own.
    for model in sorted(every_model(), key=is_history):
        asked = within | public if current or is_history(model) else within
        found = [*mentions(model, asked)]
        for mention in found:
            write(mention, done)
        if found:
            done.counts[title_of(model)] += len(found)
        if not (current or is_history(model)) and (left := len([*mentions(model, public)])):
            done.left[title_of(model)] += left


def write(mention, done):
    """History is written in place: here alone, an old version is not kept."""
    row, changed = mention.row, mention.changed
    if is_history(type(row)):
        type(row)._base_manager.filter(pk=row.pk).update(**changed)
        return
    done.touched.append(index.touched(row))
    for name, value in changed.items():
        setattr(row, name, free(row, name, value))
    if is_tracked(type(row)):
        record(row, by=None, why=WHY)
    else:
        row.save(update_fields=changed)
    done.touched.append(index.touched(row))


def leave_trace(user):
    """One line of the journal: that it was done, not of whom. A command has no name of its own."""
    portal, is_new = User.objects.get_or_create(
        email=PORTAL, defaults={"name": "Le portail", "is_active": False}
    )
    if is_new:
        portal.set_unusable_password()
        portal.save()
    LogEntry.objects.create(
        user=portal,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk) if user else None,
        object_repr=ERASED,
        action_flag=CHANGE,
        change_message=WHY,
    )
