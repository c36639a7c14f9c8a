"""The forms that two people may have open at once, whatever their model.

Made for one request, they know its ``editing``: what the row was when they were filled, and who
saved it since.
"""

from django.template.loader import render_to_string

from territories.editing import merge, plain
from territories.pictures import path_of
from territories.versions import label_of, told_fields, values_of_columns, values_of_row

UNREADABLE = object()  # what was typed and could not be read: like nothing else
PICTURE = "image"


def edited(form, editing):
    """The class of a form, made for one request."""
    return type(form)(form.__name__, (EditedForm, form), {"editing": editing})


class EditedForm:
    """Keeps what the others changed and this person did not; shows what both changed."""

    editing = None

    def __init__(self, *args, **options):
        if self.editing.filling and self.editing.is_about(options.get("instance")):
            options["initial"] = self.editing.filling
        super().__init__(*args, **options)
        self.before, self.meanwhile = {}, None
        if self.is_bound and self.instance.pk:
            self.before = values_of_row(self.instance)
            self.meanwhile = self.editing.meanwhile(self.instance, self.before)

    def _clean_fields(self):
        """Before any check across fields, which would else be of a row that is no more."""
        super()._clean_fields()
        for name in [name for name in self.fields if self.add_prefix(name) in self.editing.take]:
            self.adopt(name)
        for name in [name for name in self.before if self.says_the_same(name)]:
            self.leave(name)
        self.clean_picture()
        if self.meanwhile:
            self.follow()
        if told := self.editing.revived.get(self.prefix):
            self.add_error(None, told)
        if self.prefix is None and "change_reason" in self.editing.form.errors:
            self.add_error(None, "Raccourcissez le motif du changement, en bas du formulaire.")

    def follow(self):
        """Merge with what was saved meanwhile."""
        mine = {name: self.own_value(name) for name in self.fields if name in self.before}
        _, both, taken = merge(self.meanwhile.base, mine, self.before)
        for name in taken:
            self.adopt(name)
        for name in both:
            self.show_both(name, name)
        labels = [label_of(told_fields(type(self.instance))[name]) for name in taken]
        self.editing.note(self.meanwhile, labels)

    def own_value(self, name):
        if self.add_prefix(name) in self.editing.take:
            return self.meanwhile.base.get(name)
        return UNREADABLE if name in self.errors else plain(self.cleaned_data.get(name))

    def adopt(self, name):
        """Take the value of the row as it stands, in what is saved and in what is shown."""
        if name not in self.before:
            return
        self.leave(name)
        self.errors.pop(name, None)
        self.fields[name].bound_data = lambda data, initial: initial

    def leave(self, name):
        """Keep a value to the letter: a form rounds a time, and changes the ends of lines."""
        value = getattr(self.instance, name)
        is_list = told_fields(type(self.instance))[name].many_to_many
        self.cleaned_data[name] = value.all() if is_list else value

    def show_both(self, name, place):
        theirs = self.meanwhile.theirs(name) | {"name": self.add_prefix(name)}
        theirs["is_picture"] = name == PICTURE
        self.editing.overlaps.append((self.meanwhile, theirs["label"]))
        self.add_error(place, render_to_string("admin/theirs.html", theirs))

    def clean_picture(self):
        """A picture sent twice is one; an old one comes back; two of them are told apart."""
        if "photo" not in self.fields or PICTURE not in self.before:
            return
        photo = self.cleaned_data.get("photo")
        if photo and is_same_picture(photo, self.before[PICTURE]):
            photo = self.cleaned_data["photo"] = None
        is_mine = photo or self.cleaned_data.get("without_photo")
        former = self.editing.former_picture
        if former is not None and not is_mine:
            self.instance.image = former
            is_mine = True
        if is_mine and self.meanwhile and self.before[PICTURE] != self.meanwhile.base[PICTURE]:
            self.show_both(PICTURE, "photo")

    @property
    def changed_data(self):
        """Less what is as it was: an end of line, a value taken from somebody else."""
        return [name for name in super().changed_data if not self.says_the_same(name)]

    def says_the_same(self, name):
        cleaned = getattr(self, "cleaned_data", {})
        if name == "photo" and self.before:
            return not cleaned.get("photo")
        return name in self.before and name in cleaned and plain(cleaned[name]) == self.before[name]

    @property
    def is_changed(self):
        """Whether saving would write anything. Asked of a valid form."""
        model = type(self.instance)
        after = values_of_columns(model, self.instance)
        for name, each in told_fields(model).items():
            if each.many_to_many:
                after[name] = self.before.get(name)
                if name in self.cleaned_data:
                    after[name] = plain(self.cleaned_data[name])
        return after != self.before


def is_same_picture(photo, name):
    path = path_of(name)
    return bool(name) and path.exists() and path.read_bytes() == photo.files[photo]
