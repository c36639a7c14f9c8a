"""What holds for every source file, whatever the page."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PYTHON = sorted(path for app in ROOT.glob("*/apps.py") for path in app.parent.rglob("*.py"))

# Files that may declare a string safe HTML: they escape or filter it themselves, just before.
TRUSTED = {
    "guides/text.py",
    "territories/glossary.py",
    "territories/linked_data.py",
    "territories/markdown.py",
}


def matches(pattern, paths):
    """What a pattern finds in files: « file: excerpt » for each."""
    return [
        f"{path.relative_to(ROOT)}: {found}"
        for path in paths
        for found in re.findall(pattern, path.read_text())
    ]


def test_templates_hold_no_inline_style_or_script():
    """Data that no browser runs, for search engines, is not a script."""
    script = r'<script(?![^>]*\ssrc=)(?! type="application/ld\+json">)'
    inline = rf"<style|\sstyle=|\son[a-z]+=|{script}|javascript:"

    assert matches(inline, TEMPLATES) == []


def test_a_component_begins_by_saying_what_it_takes():
    components = (ROOT / "templates" / "components").rglob("*.html")

    assert [p.name for p in components if not re.match(r"\{#|\{% comment", p.read_text())] == []


def test_no_text_is_declared_safe():
    declared = r"\|\s*safe\b|\|\s*safeseq\b|autoescape off|mark_safe\(|SafeString\("

    found = matches(declared, TEMPLATES + PYTHON)
    assert [line for line in found if line.split(":")[0] not in TRUSTED] == []


def test_locks_say_nothing_of_where_they_were_made():
    assert matches(r"https?:|file://|--index|--find|--trusted| @ ", ROOT.glob("req*.txt")) == []
