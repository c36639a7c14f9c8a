"""« Voir l’espace comme cette personne »: offered where the administration reads of a person.

Accounts and territories know nothing of the space: it is the space that adds to their pages.
"""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse

from accounts.admin import UserAdmin
from accounts.models import User
from space.models import Viewing
from space.viewing import KEY, MINUTES, may_view, refusal, start
from territories.admin import CoordinatorAdmin
from territories.models import Coordinator, Invitation

PAGE = "admin:accounts_user_viewing"


class ViewingForm(forms.ModelForm):
    class Meta:
        model = Viewing
        fields = ["reason"]
        widgets = {"reason": forms.TextInput(attrs={"class": "vTextField"})}
        error_messages = {
            "reason": {"required": "Indiquez le motif\u00a0: il reste au journal."},
        }


def with_button(request, context, person):
    """Add, among the buttons of a row, the way to see the space as the person it tells of."""
    if person and may_view(request.user) and not refusal(person):
        address = reverse(PAGE, args=[person.pk])
        button = {"label": "Voir l’espace comme cette personne", "address": address}
        context["act_buttons"] = [*context.get("act_buttons", []), button]
    return context


class SeenUserAdmin(UserAdmin):
    change_form_template = "admin/acts_change_form.html"

    def get_urls(self):
        page = path(
            "<int:pk>/voir-comme/",
            self.admin_site.admin_view(self.viewing_view),
            name=PAGE.partition(":")[2],
        )
        return [page, *super().get_urls()]

    def render_change_form(self, request, context, *args, obj=None, **options):
        context = with_button(request, context, obj)
        return super().render_change_form(request, context, *args, obj=obj, **options)

    def viewing_view(self, request, pk):
        """Say what seeing the space as somebody means, ask why, and begin."""
        if not may_view(request.user):
            raise PermissionDenied
        person = get_object_or_404(User, pk=pk)
        if why := refusal(person):
            told = f"L’espace ne se voit pas comme {person}\u00a0: {why}."
            messages.error(request, told)
            return redirect("admin:accounts_user_change", person.pk)
        form = ViewingForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            viewing = start(viewer=request.user, user=person, reason=reason)
            request.session[KEY] = viewing.pk
            return redirect("space:home")
        context = self.admin_site.each_context(request) | {
            "title": f"Voir l’espace comme {person}",
            "opts": self.opts,
            "person": person,
            "coordinators": Coordinator.objects.filter(user=person).select_related(
                "territory", "user"
            ),
            "invitations": Invitation.objects.open().sent_to(person).select_related("territory"),
            "form": form,
            "minutes": MINUTES,
        }
        return render(request, "admin/viewing.html", context)


class SeenCoordinatorAdmin(CoordinatorAdmin):
    change_form_template = "admin/acts_change_form.html"

    def render_change_form(self, request, context, *args, obj=None, **options):
        context = with_button(request, context, obj and obj.user)
        return super().render_change_form(request, context, *args, obj=obj, **options)


admin.site.unregister([User, Coordinator])
admin.site.register(User, SeenUserAdmin)
admin.site.register(Coordinator, SeenCoordinatorAdmin)
