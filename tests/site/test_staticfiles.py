"""Of the design system, what is used is collected, styled and complete; the rest is not."""

import gzip
import json
import re
import time
from pathlib import Path

import brotli
import pytest
import tinycss2
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import override_settings

from frenchimpact.staticfiles import SHEETS, TrimmedStorage, references, trim
from tests.pages import MISSING, PAGES

MAIN, PRINT, ICONS = SHEETS


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The folder that a deployment serves, and the processor seconds that collecting it took."""
    root = tmp_path_factory.mktemp("static")
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "frenchimpact.staticfiles.TrimmedManifestStorage"},
    }
    with override_settings(STATIC_ROOT=root, STORAGES=storages, DEBUG=False):
        began = time.process_time()
        call_command("collectstatic", interactive=False, verbosity=0)
        seconds = time.process_time() - began
        first = contents(root)
        call_command("collectstatic", interactive=False, verbosity=0)
        assert contents(root) == first, "collecting twice must change nothing"
    return root, seconds


def contents(root):
    return {
        path.relative_to(root): gzip.decompress(data) if path.suffix == ".gz" else data
        for path in root.rglob("*")
        if path.is_file()
        for data in [path.read_bytes()]
    }


def manifest(root):
    return json.loads((root / "staticfiles.json").read_text())["paths"]


def original_sheets():
    return {name: Path(finders.find(name)).read_text() for name in SHEETS}


def trimmed(css, sources="", script="", styles=""):
    return trim({"a.css": css}, sources=sources, script=script, styles=styles)["a.css"]


# The finder


def test_the_files_that_development_needs_are_found():
    sheets = original_sheets()

    missing = {
        reference
        for name, css in sheets.items()
        for reference in references(name, css)
        if not finders.find(reference)
    }

    assert missing == set()
    assert finders.find("dsfr/dist/dsfr.module.min.js")
    assert finders.find("dsfr/dist/dsfr.nomodule.min.js")
    assert finders.find("admin/css/base.css")


@pytest.mark.parametrize(
    "path",
    [
        "dsfr/dist/dsfr.min.css",
        "dsfr/dist/dsfr.legacy.min.css",
        "dsfr/dist/analytics/analytics.module.min.js",
        "dsfr/dist/component/modal/modal.main.min.css",
        "dsfr/dist/favicon/favicon.svg",
        "css/dsfr-django-overrides.css",
        "django-dsfr/icon-picker/assets/js/universal-icon-picker.min.js",
    ],
)
def test_the_rest_of_the_package_is_hidden(path):
    assert not finders.find(path)


def test_every_static_file_that_a_template_or_a_sheet_names_exists():
    named = {
        name
        for folder in settings.TEMPLATES[0]["DIRS"]
        for path in Path(folder).rglob("*.html")
        for name in re.findall(r"""{%\s*static\s+["']([^"']+)["']""", path.read_text())
    }
    for folder in settings.STATICFILES_DIRS:
        for path in Path(folder).rglob("*.css"):
            named |= references(str(path.relative_to(folder)), path.read_text())

    assert {name for name in named if not finders.find(name)} == set()
    assert named, "the templates link their sheets"


# Trimming


def test_a_used_class_stays_and_an_unused_one_goes():
    css = ".fr-used{color:red}.fr-unused{color:blue}.fr-used.fr-unused,.fr-used a{margin:0}"

    assert trimmed(css, '<p class="fr-used">') == ".fr-used{color:red}.fr-used a{margin:0}"


def test_elements_and_conditions_stay_and_an_emptied_condition_goes():
    css = (
        "h1{margin:0}@media (min-width:48em){.fr-used{color:red}}"
        "@media print{.fr-unused{color:red}}.fr-used:not(.fr-unused){top:0}"
    )

    assert trimmed(css, "fr-used") == (
        "h1{margin:0}@media (min-width:48em){.fr-used{color:red}}.fr-used:not(.fr-unused){top:0}"
    )


@pytest.mark.parametrize(
    "source",
    [
        '<p class="fr-badge--{{ kind }}">',
        '<p class="fr-badge{{ kind }}">',
        '<p class="fr-badge{% if late %}--error{% else %}--new{% endif %}">',
        'name = f"fr-badge--{kind}"',
        "name = `fr-badge--${kind}`",
    ],
)
def test_a_class_completed_when_the_page_is_drawn_keeps_all_its_forms(source):
    css = ".fr-badge--new{top:0}.fr-badge--error{top:1px}.fr-alert--error{top:2px}"

    result = trimmed(css, source)

    assert result == ".fr-badge--new{top:0}.fr-badge--error{top:1px}"


def test_the_states_that_the_script_gives_stay_for_the_components_in_use():
    css = (
        ".fr-modal{top:0}.fr-modal--opened{top:1px}.fr-modal__body{top:2px}"
        ".fr-table{top:3px}.fr-table--opened{top:4px}.fr-transition-none{top:5px}"
    )

    result = trimmed(
        css, "fr-modal", 'x("opened"),y("modal__body"),z("table"),t("transition-none")'
    )

    assert result == (
        ".fr-modal{top:0}.fr-modal--opened{top:1px}.fr-modal__body{top:2px}"
        ".fr-transition-none{top:5px}"
    )


def test_a_search_in_the_class_attribute_stays_when_a_used_class_matches():
    css = '[class^=fr-icon-]{top:0}[class*=" fr-icon-"]{top:1px}[class*=fr-fi-]{top:2px}'

    result = trimmed(css, "fr-icon-close-line")

    assert result == '[class^=fr-icon-]{top:0}[class*=" fr-icon-"]{top:1px}'


def test_a_variable_stays_when_a_kept_rule_our_sheet_or_a_script_needs_it():
    css = (
        ":root{--a:var(--b);--b:1px;--c:2px;--d:3px;--e:4px;--f:5px}"
        "p{top:var(--a)}.fr-unused{top:var(--f)}"
    )

    result = trimmed(css, script='read("--c")', styles="p{left:var(--d)}")

    assert result == ":root{--a:var(--b);--b:1px;--c:2px;--d:3px}p{top:var(--a)}"


def test_a_font_stays_when_a_rule_asks_for_its_family_and_weight_in_woff2_alone():
    def face(family, weight):
        return (
            f"@font-face{{font-family:{family};font-weight:{weight};"
            f'src:url(f/{family}-{weight}.woff2) format("woff2"),'
            f'url(f/{family}-{weight}.woff) format("woff")}}'
        )

    css = face("Marianne", 400) + face("Marianne", 300) + face("Spectral", 400)

    result = trimmed(css + "body{font-family:Marianne}.fr-unused{font-family:Spectral}")

    assert references("a.css", result) == {"f/Marianne-400.woff2"}


def test_the_licence_of_the_sheet_stays():
    assert trimmed("/*! licence */p{top:0}/* why */") == "/*! licence */p{top:0}"


# The design system itself, trimmed


@pytest.fixture(scope="module")
def package():
    return TrimmedStorage(Path(finders.find(MAIN)).parents[2])


def declared(css):
    return set(re.findall(r"[{;](--[\w-]+):", css))


def test_the_trimmed_sheets_are_still_style(package):
    for css in package.sheets.values():
        rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
        assert [rule for rule in rules if rule.type == "error"] == []
        assert rules
    assert "SPDX-License-Identifier" in package.sheets[MAIN]


def test_no_kept_rule_lost_a_variable_it_needs(package):
    whole = "".join(original_sheets().values())
    kept = "".join(package.sheets.values())
    needed = set(re.findall(r"var\(\s*(--[\w-]+)", kept))

    assert (needed & declared(whole)) - declared(kept) == set()


def test_both_themes_and_the_states_of_the_frame_are_kept(package):
    main = package.sheets[MAIN]
    dark = "".join(re.findall(r":root\[data-fr-theme=dark\]\{([^}]*)\}", main))

    assert "--background-default-grey:" in main
    assert "--grey-1000-50:#161616" in dark
    for selector in [".fr-modal--opened", ".fr-collapse--expanded", ".fr-transition-none"]:
        assert selector in main
    assert ".fr-header__menu" in main
    assert ".fr-radio-group" in main, "the choices of the display settings"
    assert ".fr-franceconnect" not in main


def test_the_icons_kept_are_those_the_site_names(package):
    icons = package.sheets[ICONS]

    assert ".fr-icon-" in icons, "an icon of a template"
    # A class built as fr-icon-{{ … }} would keep a thousand icons: write icon names in full.
    assert len(references(ICONS, icons)) <= 60


# What a deployment serves


def test_collecting_takes_seconds(collected):
    assert collected[1] < 10


def test_every_reference_of_a_collected_sheet_exists_and_is_hashed(collected):
    root, _ = collected
    hashed = set(manifest(root).values())

    missing = {
        (name, reference)
        for name in hashed
        if name.endswith(".css")
        for reference in references(name, (root / name).read_text())
        if reference not in hashed
    }

    assert missing == set()
    assert {name for name in hashed if not (root / name).exists()} == set()


def test_only_what_is_linked_is_collected(collected):
    paths = manifest(collected[0])
    ours = {name for name in paths if name.startswith("dsfr/")}

    assert {*SHEETS, "dsfr/dist/dsfr.module.min.js"} <= ours
    assert len(ours) <= 120
    assert [name for name in ours if name.endswith(".woff") or "Spectral" in name] == []
    assert "admin/css/base.css" in paths


def test_the_sheets_are_light(collected):
    root, _ = collected
    paths = manifest(root)
    bytes_sent = {name: (root / f"{paths[name]}.br").stat().st_size for name in SHEETS}

    assert bytes_sent[MAIN] <= 25_000
    assert bytes_sent[PRINT] <= 2_000
    assert bytes_sent[ICONS] <= 3_000
    assert brotli.decompress((root / f"{paths[MAIN]}.br").read_bytes()).startswith(b"@charset")
    assert sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) < 8_000_000


@pytest.mark.parametrize("path", [*PAGES, MISSING[0]])
def test_every_class_of_a_page_that_the_design_system_styles_is_kept(client, site, package, path):
    page = client.get(path).content.decode()
    shown = {name for value in re.findall(r'class="([^"]*)"', page) for name in value.split()}

    whole, kept = (
        set(re.findall(r"\.(fr-[\w-]+)", css))
        for css in ["".join(original_sheets().values()), "".join(package.sheets.values())]
    )
    assert (shown & whole) - kept == set()
