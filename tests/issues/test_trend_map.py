"""The map: well-formed, always the same, and every name found by its number."""

import random
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from archive_pages import MadeArchive, Wave

from digest.issues.pages import mapped, render_trend_map
from digest.issues.pages.trend_map import NAMES, NUMBERS
from digest.issues.trends import trends
from digest.issues.trends.trending import issue_map
from digest.records import Trends

SVG = "{http://www.w3.org/2000/svg}"


def crowded(seed: int) -> Trends:
    chance = random.Random(seed)
    kinds = ["quantum", "urban", "solid-state", "wearable"]
    waves = [
        Wave(
            f"{chance.choice(kinds)} {chance.choice('abcdefgh') * 6} {at}",
            f"Theme {at % 7}",
            [chance.randint(0, 4) for _ in range(7)],
        )
        for at in range(30)
    ]
    return trends(MadeArchive(waves).entries)


def words_of(svg: str) -> list[tuple[str, float, float]]:
    found = ElementTree.fromstring(svg).findall(f"{SVG}text")
    return [(each.text or "", float(each.attrib["x"]), float(each.attrib["y"])) for each in found]


def numbers_of(svg: str) -> tuple[dict[int, tuple[float, float]], dict[int, float]]:
    """Where each number stands on the map, and at which height in the list."""
    on_map: dict[int, tuple[float, float]] = {}
    in_list: dict[int, float] = {}
    for text, x, y in words_of(svg):
        if text.isdigit() and x == NUMBERS:
            in_list[int(text)] = y
        elif text.isdigit():
            on_map[int(text)] = (x, y)
    return on_map, in_list


@pytest.mark.parametrize("seed", range(5))
def test_every_name_is_listed_once_beside_the_number_of_its_dot(seed: int) -> None:
    found = crowded(seed)
    svg = render_trend_map(found)
    on_map, in_list = numbers_of(svg)
    assert list(on_map) == list(in_list) == list(range(1, len(on_map) + 1))
    listed = [(text[2:], y) for text, x, y in words_of(svg) if x == NAMES]
    assert sorted(name for name, _ in listed) == sorted(line.name for line in mapped(found))
    assert len(listed) > 30
    heights = [y for _, y in listed]
    assert all(below - above >= 14 for above, below in pairwise(heights))
    assert max(heights) < 600
    tooltips = [each.text or "" for each in ElementTree.fromstring(svg).iter(f"{SVG}title")]
    ends = [*list(in_list.values())[1:], 1e9]
    for number, (start, end) in enumerate(zip(in_list.values(), ends, strict=True)):
        names = [name for name, y in listed if start <= y < end]
        assert [each.split(": ")[0] for each in tooltips[number].split("; ")] == names


@pytest.mark.parametrize("seed", range(5))
def test_numbers_lie_neither_over_each_other_nor_outside(seed: int) -> None:
    on_map, _ = numbers_of(render_trend_map(crowded(seed)))
    places = list(on_map.values())
    for at, (x, y) in enumerate(places):
        assert 76 < x < 630
        assert 64 < y < 590
        assert all(abs(x - left) >= 16 or abs(y - top) >= 13 for left, top in places[:at])


def test_a_long_name_is_cut_in_the_list_and_whole_in_its_tooltip() -> None:
    names = ["x" * 60, "汉" * 40, "plain"]
    waves = [Wave(name, "T", (at, 1, 2 + at)) for at, name in enumerate(names, 1)]
    svg = render_trend_map(trends(MadeArchive(waves).entries))
    listed = {text[2:] for text, x, _ in words_of(svg) if x == NAMES}
    assert {"x" * 37 + "…", "plain"} <= listed
    assert any(name.startswith("汉") and len(name) <= 20 for name in listed)
    assert "x" * 60 in svg


def test_the_map_is_the_same_every_time_and_has_neither_ids_nor_scripts() -> None:
    svg = render_trend_map(crowded(1))
    assert svg == render_trend_map(crowded(1))
    assert not re.search(r"\bid=|<script|href|url\(", svg)


def test_every_name_stands_on_its_side_of_the_cross() -> None:
    found = crowded(2)
    svg = render_trend_map(found)
    cross = re.search(r"M([\d.]+) 64V\d+M76 ([\d.]+)H", svg)
    assert cross
    x_middle, y_middle = float(cross[1]), float(cross[2])
    standing = {line.name: line.diffusion.standing for line in mapped(found) if line.diffusion}
    for circle in ElementTree.fromstring(svg).findall(f"{SVG}circle"):
        title = circle.find(f"{SVG}title")
        assert title is not None
        names = [each.split(": ")[0] for each in (title.text or "").split("; ")]
        is_right, is_high = float(circle.attrib["cx"]) > x_middle, float(circle.attrib["cy"]) < y_middle
        expected = {
            (True, True): "strong signal",
            (False, True): "weak signal",
            (True, False): "well-known",
            (False, False): "latent",
        }[is_right, is_high]
        assert {standing[name] for name in names} == {expected}


def test_hostile_names_are_text() -> None:
    waves = [Wave(f"<b onload='x'>&{at}\x00", "T", (at, 1, 2 + at)) for at in range(1, 7)]
    made = MadeArchive(waves).entries
    ElementTree.fromstring(render_trend_map(trends(made)))


def test_an_issue_without_enough_history_has_no_map() -> None:
    made = MadeArchive([Wave(f"keyword {at}", "T", (2, 2, 2)) for at in range(8)]).entries
    assert issue_map(made).startswith("<svg")
    assert issue_map([each for each in made if each.issue < "20250301"]) == ""
    assert issue_map([each for each in made if "keyword 1" in each.entry.keywords]) == ""
