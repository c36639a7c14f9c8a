import pytest
from django.template.loader import render_to_string

from geography.basemap import INSETS, ZOOM_SCALE, ZOOM_SOURCE
from territories.map import drawing, perimeter
from territories.models import Territory
from tests import factories

pytestmark = pytest.mark.django_db
SQUARE = "M600,600l40,0 0,40 -40,0z"


def drawn():
    return drawing(Territory.objects.with_areas().order_by("name"))


def page():
    return render_to_string(
        "components/territory_map.html", {"drawing": drawn(), "title": "La carte"}
    )


def test_one_area_gives_its_outline_and_its_label_point():
    area = factories.area(x=612.25, y=640.5, path=SQUARE)
    factories.territory(name="Pays d’Ici", slug="ici", areas=[area])
    made = drawn()
    assert [(o.name, o.url, o.in_zoom) for o in made.outlined] == [
        ("Pays d’Ici", "/territoires/ici/", False)
    ]
    assert [shape.path for shape in made.outlined[0].shapes] == [SQUARE]
    assert [(m.name, m.url, m.x, m.y) for m in made.marks] == [
        ("Pays d’Ici", "/territoires/ici/", "612.2", "640.5")
    ]
    assert (made.zoomed, made.unplaced) == ((), ())


def test_several_areas_give_the_middle_of_their_label_points():
    areas = [factories.area(x=x, y=y) for x, y in [(600, 600), (620, 660)]]
    factories.territory(areas=areas)
    [mark] = drawn().marks
    assert (mark.x, mark.y) == ("610.0", "630.0")
    assert len(drawn().outlined[0].shapes) == 2


def test_areas_on_two_sides_of_the_ocean_are_not_averaged():
    here = factories.area(name="A", x=600, y=600)
    there = factories.area(name="B", frame="974", x=150, y=880)
    factories.territory(areas=[here, there])
    [mark] = drawn().marks
    assert (mark.x, mark.y) == ("600.0", "600.0")


def test_a_commune_has_a_point_and_no_outline():
    commune = factories.area(level="commune", x=458, y=633, path=None)
    factories.territory(areas=[commune])
    made = drawn()
    assert made.outlined == ()
    assert [(m.x, m.y) for m in made.marks] == [("458.0", "633.0")]


def test_without_area_the_anchor_gives_the_point():
    anchor = factories.area(level="commune", x=700, y=500, path=None)
    factories.territory(anchor=anchor)
    [mark] = drawn().marks
    assert (mark.x, mark.y) == ("700.0", "500.0")


def test_without_any_place_a_territory_is_named_under_the_map():
    factories.territory(name="Nulle part", slug="nulle-part")
    nowhere = factories.area(level="commune", frame="", x=None, y=None, path=None)
    factories.territory(name="Outre-mer lointain", areas=[nowhere])
    made = drawn()
    assert [territory.name for territory in made.unplaced] == ["Nulle part", "Outre-mer lointain"]
    assert made.marks == ()
    assert '<a href="/territoires/nulle-part/">Nulle part</a>' in page()


def test_a_region_is_the_one_of_the_base_map():
    region = factories.area(level="region", code="53", path=SQUARE)
    factories.territory(areas=[region])
    [shape] = drawn().outlined[0].shapes
    assert (shape.base, shape.path, shape.is_wide) == ("region-53", "", True)
    assert 'href="/static/img/france.svg#region-53"' in page()


def test_wide_shapes_are_drawn_first_and_marks_in_the_order_of_the_list():
    for name, level in [("A", "ept"), ("B", "region"), ("C", "epci"), ("D", "departement")]:
        factories.territory(name=name, areas=[factories.area(level=level)])
    assert [outlined.name for outlined in drawn().outlined] == ["B", "D", "C", "A"]
    assert [mark.name for mark in drawn().marks] == ["A", "B", "C", "D"]


def test_around_paris_a_territory_goes_to_the_window():
    left, top, *_ = ZOOM_SOURCE
    area = factories.area(x=left + 60, y=top + 20, path=SQUARE)
    factories.territory(name="Est Ensemble", areas=[area])
    made = drawn()
    assert made.marks == ()
    assert [(m.name, m.x, m.y) for m in made.zoomed] == [
        ("Est Ensemble", f"{60 * ZOOM_SCALE:.1f}", f"{20 * ZOOM_SCALE:.1f}")
    ]
    assert made.dots == ((f"{left + 60:.1f}", f"{top + 20:.1f}"),)
    assert made.outlined[0].in_zoom
    assert page().count(f'd="{SQUARE}"') == 2  # on the map and in the window


def test_a_departement_that_the_window_cuts_is_drawn_there_too():
    area = factories.area(level="departement", code="77", x=530, y=250)
    factories.territory(areas=[area])
    assert drawn().outlined[0].in_zoom
    assert drawn().zoomed == ()


def test_each_territory_is_one_link_for_the_keyboard():
    left, top, *_ = ZOOM_SOURCE
    factories.territory(areas=[factories.area(x=left + 60, y=top + 20)])
    factories.territory(areas=[factories.area(x=600, y=600)])
    html = page()
    assert html.count('<a class="map-mark') == 2
    assert html.count('<a class="map-shape') == html.count('tabindex="-1"') == 3


def test_an_indicative_perimeter_says_so_in_words_and_in_dashes():
    area = factories.area(x=600, y=600)
    factories.territory(name="Figeac", areas=[area], areas_certainty="interpretation")
    html = page()
    assert 'aria-label="Figeac (périmètre indicatif)"' in html
    assert '<a class="map-shape map-shape--indicative"' in html
    assert "périmètre indicatif. Source" in html


def test_without_indicative_perimeter_the_key_does_not_speak_of_it():
    factories.territory(areas=[factories.area(x=600, y=600)])
    assert drawn().has_indicative is False
    assert "indicati" not in page()
    assert "Source\u00a0: IGN, ADMIN EXPRESS COG." in page()


def test_names_are_escaped():
    factories.territory(name='<b>"Ici"</b>', areas=[factories.area(x=600, y=600)])
    html = page()
    assert "<b>" not in html
    assert 'aria-label="&lt;b&gt;&quot;Ici&quot;&lt;/b&gt;"' in html
    assert ">&lt;b&gt;&quot;Ici&quot;&lt;/b&gt;</tspan>" in html


def test_numbers_are_written_for_svg_not_for_the_french():
    factories.territory(areas=[factories.area(x=600.55, y=600.25)])
    assert 'cx="600.5" cy="600.2"' in page()


def test_a_label_stands_on_the_right_of_its_point_where_there_is_room():
    factories.territory(name="Figeac", areas=[factories.area(x=458, y=633)])
    [mark] = drawn().marks
    assert (mark.anchor, [line.text for line in mark.lines]) == ("start", ["Figeac"])
    assert (mark.fits_wide, mark.fits_narrow) == (True, True)


def test_a_label_keeps_inside_the_drawing():
    factories.territory(name="Strasbourg", areas=[factories.area(x=950, y=241)])
    [mark] = drawn().marks
    assert mark.anchor == "end"


def test_a_long_name_takes_two_lines_and_no_line_begins_with_a_dash():
    name = "Territoire Lédonien - Cluster’Jura"
    factories.territory(name=name, areas=[factories.area(x=500, y=431)])
    [mark] = drawn().marks
    assert [line.text for line in mark.lines] == ["Territoire Lédonien -", "Cluster’Jura"]


def test_labels_that_would_cover_one_another_wait_to_be_pointed_at():
    for number in range(12):
        factories.territory(name=f"Ville {number:02}", areas=[factories.area(x=600, y=600)])
    shown = [mark.name for mark in drawn().marks if mark.fits_wide]
    # One on each side of the point they share.
    assert shown == ["Ville 00", "Ville 01", "Ville 02", "Ville 03"]
    assert page().count("map-mark__label") == 12


def test_near_points_do_not_take_the_finger_of_one_another():
    for x in (600, 640):
        factories.territory(areas=[factories.area(x=x, y=600)])
    assert [mark.reach for mark in drawn().marks] == ["20.0", "20.0"]


def test_an_overseas_name_is_not_written_over_the_name_of_its_frame():
    factories.territory(
        name="Mayotte", areas=[factories.area(frame="976", x=152, y=777, level="departement")]
    )
    [mark] = drawn().marks
    assert (mark.x, mark.y, mark.fits_wide) == ("152.0", "777.0", False)


def test_an_empty_map_is_the_base_map():
    assert "/static/img/france.svg#france" in page()


@pytest.mark.parametrize("count", [1, 10])
def test_two_queries_load_any_number(count, queries):
    for _ in range(count):
        anchor = factories.area(level="commune", path=None)
        factories.territory(areas=[factories.area(), factories.area()], anchor=anchor)
    with queries(2):  # the territories with their anchors, the areas with their outlines
        assert len(drawn().marks) == count


def test_perimeter_is_framed_with_air_in_four_thirds():
    territory = factories.territory(
        name="Ici", areas=[factories.area(path="M500,400l160,0 0,120 -160,0z")]
    )
    small = perimeter(territory)
    assert (small.view_box, small.base) == ("480.0 385.0 200.0 150.0", "metropole")
    assert (len(small.shapes), small.points) == (1, ())


def test_perimeter_of_a_commune_is_a_point_in_its_surroundings():
    commune = factories.area(level="commune", x=458, y=633, path=None)
    small = perimeter(factories.territory(areas=[commune]))
    assert (small.view_box, small.points) == ("426.0 609.0 64.0 48.0", (("458.0", "633.0"),))


def test_perimeter_overseas_is_its_frame():
    area = factories.area(frame="976", x=152, y=777, path="M140,760l5,0 0,5z")
    small = perimeter(factories.territory(areas=[area]))
    assert small.base == "outre-mer"
    assert small.view_box == " ".join(f"{number:.1f}" for number in INSETS["976"])


def test_perimeter_takes_the_anchor_where_there_is_no_area():
    anchor = factories.area(level="commune", x=480, y=215, path=None)
    assert perimeter(factories.territory(anchor=anchor)).points == (("480.0", "215.0"),)


def test_a_perimeter_that_is_loaded_is_drawn_without_query(queries):
    factories.territory(areas=[factories.area(), factories.area(path=None)])
    territory = Territory.objects.with_areas().get()
    with queries(0):
        assert len(perimeter(territory).shapes) == 1


def test_perimeter_of_nothing_is_nothing():
    territory = factories.territory()
    assert perimeter(territory) is None
    html = render_to_string("components/perimeter_map.html", {"perimeter": None})
    assert html.strip() == ""


def test_perimeter_says_in_words_what_it_shows():
    area = factories.area(path=SQUARE)
    territory = factories.territory(name="L’<Ici>", areas=[area], areas_certainty="interpretation")
    html = render_to_string("components/perimeter_map.html", {"perimeter": perimeter(territory)})
    assert 'aria-label="Carte du périmètre indicatif\u00a0: L’&lt;Ici&gt;"' in html
    assert "map-shape map-shape--indicative" in html
    assert f'd="{SQUARE}"' in html
