"""The map: well-formed, always the same, and nothing written over anything else."""

import random
import re
from xml.etree import ElementTree

import pytest
from archive_pages import MadeArchive, Wave

from digest.issues.pages import mapped, render_trend_map
from digest.issues.pages.trend_map import text_width
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


@pytest.mark.parametrize("seed", range(5))
def test_labels_lie_neither_over_each_other_nor_outside(seed: int) -> None:
    found = crowded(seed)
    names = {line.name for line in found.lines}
    labels = [each for each in words_of(render_trend_map(found)) if each[0] in names]
    assert len(labels) > 20
    for at, (text, x, y) in enumerate(labels):
        assert 0 <= x < x + text_width(text) <= 960
        for other, left, top in labels[:at]:
            is_apart = abs(y - top) >= 15 or x + text_width(text) <= left or left + text_width(other) <= x
            assert is_apart, (text, other)


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
        name = (title.text or "").split(":")[0]
        is_right, is_high = float(circle.attrib["cx"]) > x_middle, float(circle.attrib["cy"]) < y_middle
        assert (
            standing[name]
            == {
                (True, True): "strong signal",
                (False, True): "weak signal",
                (True, False): "well-known",
                (False, False): "latent",
            }[is_right, is_high]
        )


def test_hostile_names_are_text() -> None:
    waves = [Wave(f"<b onload='x'>&{at}\x00", "T", (at, 1, 2 + at)) for at in range(1, 7)]
    made = MadeArchive(waves).entries
    ElementTree.fromstring(render_trend_map(trends(made)))


def test_an_issue_without_enough_history_has_no_map() -> None:
    made = MadeArchive([Wave(f"keyword {at}", "T", (2, 2, 2)) for at in range(8)]).entries
    assert issue_map(made).startswith("<svg")
    assert issue_map([each for each in made if each.issue < "20250301"]) == ""
    assert issue_map([each for each in made if "keyword 1" in each.entry.keywords]) == ""
