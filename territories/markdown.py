"""Long texts: typed in Markdown, shown as the few elements of HTML that prose needs."""

import html
import re

import nh3
from django.db import models
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

IN_LINE = {"br", "strong", "em", "a"}
TAGS = {"p", "ul", "ol", "li", "blockquote", "h3", "h4", "h5", "h6"} | IN_LINE
LINK = re.compile(r"https?://|mailto:", re.IGNORECASE)
# What a plain text would fall into without meaning it, and what a page has no use for.
LEFT_OUT = ["image", "code", "fence", "backticks", "hr", "lheading", "html_block", "html_inline"]

MARKDOWN_HELP = (
    "Une ligne vide sépare les paragraphes. **gras**, *italique*, «\u00a0-\u00a0» en début de "
    "ligne pour une liste, [lien](https://exemple.fr)."
)
LINE_HELP = "**gras**, *italique*, [lien](https://exemple.fr)."


def parser():
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(LEFT_OUT)
    markdown.validateLink = lambda address: bool(LINK.match(address))  # else it stays a text
    return markdown


PARSER = parser()


def render(text: str, heading: int = 3) -> SafeString:
    """The HTML of a text in Markdown, safe to show as it is whoever wrote it.

    Two locks: the parser passes no HTML through, and what it writes is filtered by a list of
    elements, attributes and schemes. A line break stays one. The highest heading of the text
    becomes an h3, since a text stands in a section of a page, unless the page says another level.
    """
    tokens = PARSER.parse(text)
    levels = sorted({token.tag for token in tokens if token.type == "heading_open"})
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(levels.index(token.tag) + heading, 6)}"
    written = PARSER.renderer.render(tokens, PARSER.options, {})
    return filtered(written, TAGS | {f"h{heading}"})


def render_line(text: str) -> SafeString:
    """The HTML of a sentence or two, as safe: no paragraph, list or heading, whatever it holds."""
    return filtered(PARSER.renderInline(text), IN_LINE)


def filtered(written: str, tags: set[str]) -> SafeString:
    safe = nh3.clean(
        written,
        tags=tags,
        attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel="nofollow noopener",
    )
    return mark_safe(safe.strip())  # noqa: S308  (filtered just above)


def plain(rendered: str) -> str:
    """The words of what ``render`` gave, without marks: for the search, for engines."""
    return html.unescape(strip_tags(rendered)).strip()


class RenderedField(models.TextField):
    """A column derived from a text in Markdown: its HTML, written whenever the row is.

    Filled as ``auto_now`` is, hence by every door (forms, admin, loaders, ``bulk_create``), and
    the only place where a stored text is declared safe: templates show it as it is. ``is_line``
    for a sentence that stands inside a paragraph of the page.
    """

    def __init__(self, source, *, is_line=False, **options):
        self.source = source
        self.render = render_line if is_line else render
        # A default of the database too: a version of the site that does not know the column writes.
        options = {"editable": False, "default": "", "db_default": ""} | options
        super().__init__(**options)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        if self.render is render_line:
            kwargs["is_line"] = True
        return name, path, [self.source, *args], kwargs

    def pre_save(self, instance, add):
        rendered = self.render(getattr(instance, self.source))
        setattr(instance, self.attname, rendered)
        return rendered

    def from_db_value(self, value, expression, connection):
        return mark_safe(value)  # noqa: S308  (written by render alone)
