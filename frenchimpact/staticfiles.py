"""What is served of the State's design system: only what this site uses.

The package brings 1,600 files and half a megabyte of style. In development its files are found as
they are. At collection the sheets are read through `trim`, and the only fonts, icons and drawings
collected are those which the trimmed sheets, or our own files, name.

Trimming happens where a sheet is read, not in the storage's `post_process`: that one would find,
at the next collection, the sheet it had already trimmed, without the rules a new page now needs.
"""

import posixpath
import re
from fnmatch import fnmatchcase
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import tinycss2
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import AppDirectoriesFinder
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from fontTools import subset
from whitenoise.storage import CompressedManifestStaticFilesStorage

DIST = "dsfr/dist/"
SHEETS = (
    DIST + "dsfr.main.min.css",
    DIST + "dsfr.print.min.css",
    DIST + "utility/icons/icons.main.min.css",
)
SCRIPT = DIST + "dsfr.module.min.js"
# The letters of French and of its neighbours, then what typography and our pages add: dashes,
# quotation marks, spaces, arrows, euro, mathematical signs. A rarer letter, in a name from farther
# away, is drawn by the reader's own fonts: the others would make every first visit 6 kB heavier.
LETTERS = {
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *(0x152, 0x153, 0x178),
    *range(0x2009, 0x2027),
    *(0x202F, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x20AC, 0x2116, 0x2122),
    *(0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2248, 0x2260, 0x2264, 0x2265),
}
EXPOSED = (
    *SHEETS,
    SCRIPT,
    DIST + "dsfr.nomodule.min.js",
    DIST + "fonts/*.woff*",
    DIST + "icons/*.svg",
)


class LeanAppFinder(AppDirectoriesFinder):
    """The applications' static files and, of the design system, the part the site uses."""

    def find_in_app(self, app, path):
        if app == "dsfr" and not is_exposed(path):
            return None
        return super().find_in_app(app, path)

    def list(self, ignore_patterns):
        package = self.storages["dsfr"]
        for path, storage in super().list(ignore_patterns):
            if storage is not package:
                yield path, storage
        trimmed = TrimmedStorage(package.location)
        for path in trimmed.names():
            yield path, trimmed


class TrimmedStorage(FileSystemStorage):
    """The design system's package, whose sheets read trimmed to what the site uses."""

    def __init__(self, location):
        super().__init__(location)
        package = Path(location)
        styles = read_styles()
        sources = read_sources(package.parent / "templates" / "dsfr")
        named = set(re.findall(rf"{DIST}[\w./-]+", sources + styles))
        self.named = {name for name in named if is_exposed(name) and self.exists(name)}
        self.sheets = trim(
            {name: (package / name).read_text() for name in SHEETS},
            sources=sources,
            script=(package / SCRIPT).read_text(),
            styles=styles,
        )

    def names(self):
        """The sheets, what they refer to, and what our own files name in full."""
        found = set(self.named)
        for name, css in self.sheets.items():
            found |= {name, *references(name, css)}
        return sorted(found)

    def _open(self, name, mode="rb"):
        if name in self.sheets:
            return ContentFile(self.sheets[name].encode(), name)
        if name.endswith(".woff2"):
            return ContentFile(lean_font(self.path(name)), name)
        return super()._open(name, mode)

    def get_modified_time(self, name):
        # A sheet changes with our templates, not with the package: collect it each time.
        if name in self.sheets:
            raise NotImplementedError("A trimmed sheet has no date.")
        return super().get_modified_time(name)


@cache
def lean_font(path):
    """The font with the letters of the languages of Europe written in Latin: half its bytes."""
    options = subset.Options(flavor="woff2", hinting=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=LETTERS)
    content = BytesIO()
    with subset.load_font(path, options) as font:
        subsetter.subset(font)
        subset.save_font(font, content, options)
    return content.getvalue()


class TrimmedManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed copies alone, compressed once at collection: no page asks for the original names."""

    keep_only_hashed_files = True


def is_exposed(path):
    return any(fnmatchcase(path, pattern) for pattern in EXPOSED)


def read_sources(package_templates):
    """Everything that may write a class in a page, as one text.

    Our templates, scripts and Python; the design system's templates that ours call.
    """
    # An application inside the project; not one of an environment kept in its folder.
    folders = [
        Path(app.path)
        for app in apps.get_app_configs()
        if Path(app.path).parent == settings.BASE_DIR
    ]
    folders += map(Path, settings.STATICFILES_DIRS)
    for engine in settings.TEMPLATES:
        folders += map(Path, engine["DIRS"])
    text = "\n".join(
        path.read_text()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".html", ".js", ".py", ".svg"}
    )
    called = set()
    # A component's tag and its template share a name, but for messages, drawn as alerts.
    while new := set(re.findall(r"""(?:{%\s*dsfr_|["']dsfr/)(\w+)""", text)) - called:
        called |= new
        files = {"alert" if name == "django_messages" else name for name in new}
        text += "\n".join(
            path.read_text()
            for name in sorted(files)
            if (path := package_templates / f"{name}.html").exists()
        )
    return text


def read_styles():
    """Our own sheets, as one text."""
    return "\n".join(
        path.read_text()
        for folder in settings.STATICFILES_DIRS
        for path in sorted(Path(folder).rglob("*.css"))
    )


def references(name, css):
    """The static names of the files that the sheet `name` refers to."""
    urls = re.findall(r"""url\(\s*["']?([^"')]+)""", css)
    return {
        posixpath.normpath(posixpath.join(posixpath.dirname(name), re.sub(r"[?#].*", "", url)))
        for url in urls
        if not url.startswith(("data:", "#"))
    }


class Block(NamedTuple):
    """A rule and its declarations, or a condition (`@media`) and its rules."""

    head: str
    body: list


def trim(sheets, *, sources, script, styles):
    """The sheets without the rules, variables and fonts that the site does not use.

    A rule stays when each class its selector asks for is written in `sources`, or is a state that
    `script` gives to such a class. When in doubt, it stays. The sheets are trimmed together, since
    one may use the variables of another; `styles`, our own, is only read.
    """
    is_used, is_some_used = class_tests(sources, script, "".join(sheets.values()))
    trees = {
        name: trim_rules(
            tinycss2.parse_stylesheet(css, skip_comments=False, skip_whitespace=True),
            is_used,
            is_some_used,
        )
        for name, css in sheets.items()
    }
    every = [node for tree in trees.values() for node in tree]
    kept = used_variables(every, sources + script, styles)
    trees = {name: without_variables(tree, kept) for name, tree in trees.items()}
    rules = "".join(render(node) for tree in trees.values() for node in tree if not is_face(node))
    return {
        name: "".join(
            render(node) for node in tree if not is_face(node) or is_font_used(node, rules + styles)
        )
        for name, tree in trees.items()
    }


def class_tests(sources, script, css):
    """Two predicates: is this class used? is there a used class that contains this text?"""
    words = set(re.findall(r"\bfr-[\w-]+", sources))
    # A name that ends in a dash, or touches a tag, is completed when the page is drawn: all its
    # forms stay.
    touching = re.findall(r"\bfr-[\w-]+(?=\$?\{[^%]|\{%[^%]*%\}[\w-])", sources)
    prefixes = tuple({word for word in words if word[-1] in "-_"}.union(touching))
    # The script names states and parts of components, without the prefix; and every component,
    # which says nothing about ours using it.
    script_words = set(re.findall(r"[\w-]+", script))
    components = set(re.findall(r"\.(fr-\w+(?:-\w+)*)(?:--|__)", css))

    @cache
    def is_used(name):
        if not name.startswith("fr-") or name in words or name.startswith(prefixes):
            return True
        short = name.removeprefix("fr-")
        base, _, state = name.rpartition("--")
        if base:
            return is_used(base) and (state in script_words or short in script_words)
        base = name.rpartition("__")[0]
        return short in script_words and (is_used(base) if base else name not in components)

    @cache
    def is_some_used(text):
        return any(text in word for word in words)

    return is_used, is_some_used


def trim_rules(nodes, is_used, is_some_used):
    kept = []
    for node in nodes:
        if node.type == "comment":
            if node.value.startswith("!"):  # the licence
                kept.append(node.serialize())
        elif node.type == "qualified-rule":
            selectors = [
                tinycss2.serialize(selector)
                for selector in split(node.prelude, ",")
                if all(map(is_used, classes(selector)))
                and all(map(is_some_used, class_parts(selector)))
            ]
            if selectors:
                kept.append(Block(",".join(selectors), declarations(node)))
        elif node.content is None:
            kept.append(node.serialize())
        else:
            head = f"@{node.at_keyword}{tinycss2.serialize(node.prelude)}"
            if node.lower_at_keyword in {"media", "supports"}:
                rules = tinycss2.parse_rule_list(
                    node.content, skip_comments=True, skip_whitespace=True
                )
                kept.append(Block(head, trim_rules(rules, is_used, is_some_used)))
            elif node.lower_at_keyword == "font-face":
                kept.append(Block(head, declarations(node)))
            else:
                kept.append(node.serialize())
    return kept


def split(tokens, mark):
    parts = [[]]
    for token in tokens:
        if token.type == "literal" and token.value == mark:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def declarations(node):
    return [text for part in split(node.content, ";") if (text := tinycss2.serialize(part).strip())]


def classes(selector):
    """The classes an element must have; those inside `:not()` and the like do not count."""
    return [
        token.value
        for before, token in zip(selector, selector[1:], strict=False)
        if before.type == "literal" and before.value == "." and token.type == "ident"
    ]


def class_parts(selector):
    """The texts that `[class^=…]` and `[class*=…]` look for."""
    return [
        token.content[-1].value.strip()
        for token in selector
        if token.type == "[] block"
        and token.content[0].type == "ident"
        and token.content[0].value == "class"
        and token.content[-1].type in {"ident", "string"}
        and len(token.content) > 1
    ]


def used_variables(nodes, scripts, styles):
    """The custom properties that a kept declaration needs, or that our files and scripts name."""
    needs = {}
    used = set(re.findall(r"--[\w-]+", styles)) | set(re.findall(r"--[\w-]+", scripts))
    for declaration in flat(nodes):
        name, _, value = declaration.partition(":")
        found = re.findall(r"var\(\s*(--[\w-]+)", value)
        if name.startswith("--"):
            needs.setdefault(name, set()).update(found)
        else:
            used.update(found)
    waiting = list(used)
    while waiting:
        new = needs.get(waiting.pop(), set()) - used
        used |= new
        waiting += new
    return used


def flat(nodes):
    for node in nodes:
        if isinstance(node, Block):
            yield from flat(node.body)
        else:
            yield node


def without_variables(nodes, kept):
    """The same rules without the other custom properties, and without what is then empty."""
    result = []
    for node in nodes:
        if isinstance(node, Block):
            body = without_variables(node.body, kept)
            if body:
                result.append(Block(node.head, body))
        elif not node.startswith("--") or node.partition(":")[0].strip() in kept:
            result.append(node)
    return result


def is_face(node):
    return isinstance(node, Block) and node.head.startswith("@font-face")


def is_font_used(face, css):
    """Whether some rule asks for the family and for the weight of this face."""
    descriptors = dict(declaration.split(":", 1) for declaration in face.body)
    weights = {"400", "700", *re.findall(r"font-weight:\s*(\d+)", css)}
    return descriptors["font-family"] in css and descriptors["font-weight"] in weights


def render(node):
    if not isinstance(node, Block):
        return node
    if is_face(node):
        # Every browser that reads these sheets reads woff2.
        body = [re.sub(r',url\([^)]*\.woff"?\) format\("woff"\)', "", line) for line in node.body]
        return f"{node.head}{{{';'.join(body)}}}"
    separator = "" if node.head.startswith(("@media", "@supports")) else ";"
    return f"{node.head}{{{separator.join(map(render, node.body))}}}"
