"""The guides: Markdown kept in ``docs/guides/``, read once by each process.

They are ours, and hold no words of anybody else: their HTML is declared safe here.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from PIL import Image

FOLDER = settings.BASE_DIR / "docs" / "guides"
IMAGES = settings.BASE_DIR / "static" / "guides"


@dataclass(frozen=True)
class Guide:
    """``title`` is its first line, ``lead`` its first paragraph; ``parts``: (anchor, title)."""

    title: str
    lead: SafeString
    body: SafeString
    parts: list[tuple[str, str]]


@cache
def guide(name: str) -> Guide:
    """The guide of this name: « coordination », « equipe »."""
    return parsed((FOLDER / f"{name}.md").read_text(encoding="utf-8"))


def parsed(text: str) -> Guide:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("image", figure)
    tokens = parser.parse(text)
    title, lead = tokens[1].content, parser.renderer.render([tokens[4]], parser.options, {})
    parts = []
    for opening, words in zip(tokens, tokens[1:], strict=False):
        if opening.type == "heading_open" and opening.tag == "h2":
            anchor = slugify(words.content)
            opening.attrSet("id", anchor)
            parts.append((anchor, words.content))
        # A picture alone is a figure, which may not stand in a paragraph.
        if opening.type == "paragraph_open" and is_picture(words):
            opening.hidden = tokens[tokens.index(words) + 1].hidden = True
    body = parser.renderer.render(tokens[6:], parser.options, {})
    return Guide(title, mark_safe(lead), mark_safe(body), parts)  # noqa: S308  (ours)


def is_picture(token):
    return [child.type for child in token.children or ()] == ["image"]


def figure(renderer, tokens, index, options, env):
    """``![what it shows](…/name.webp "its caption")``, at half its size on the screen."""
    token = tokens[index]
    name = Path(token.attrs["src"]).name
    with Image.open(IMAGES / name) as picture:
        width, height = picture.size
    address = static(f"guides/{name}")
    return format_html(
        '<figure class="guide__figure"><a href="{}"><img src="{}" width="{}" height="{}" alt="{}" '
        'loading="lazy"></a><figcaption>{}</figcaption></figure>',
        address,
        address,
        width // 2,
        height // 2,
        token.content,
        token.attrs["title"],
    )
