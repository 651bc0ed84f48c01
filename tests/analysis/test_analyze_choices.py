"""Titles, themes, patterns, and the rows of a table."""

from functools import cache

import numpy as np
import pytest
from analyze_cases import PATTERNS

from digest.analysis.library import COLUMNS, Library
from digest.analysis.patterns import Chooser, assign_patterns, fit_patterns
from digest.analysis.themes import WEAK_GUESS, choose_themes
from digest.analysis.titles import clean_title
from digest.records import Pattern, ThemeLabel, Vectors


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            "HealthEC Data Breach Impacts 4.5 Million Patients",
            "HealthEC Data Breach Impacts 4.5 Million Patients",
        ),
        ("Kiln shut down | Example News", "Kiln shut down"),
        ("Kiln shut down - Example", "Kiln shut down"),
        ("Example: kiln shut down", "Example: kiln shut down"),
        ("CEMENT MAKER SHUTS ITS LAST KILN", "Cement maker shuts its last kiln"),
        ("You won’t believe this kiln!!!", "You won’t believe this kiln"),
        ("Is the kiln closed?!?", "Is the kiln closed?"),
        (
            "Court pauses the weight charge for lorries in Port Ansel, lets it stand for cars and vans",
            "Court pauses the weight charge for lorries in Port Ansel",
        ),
        (
            "Halden and Roe today shuts its last coal kiln and starts an electric one",
            "Halden and Roe today shuts its last coal kiln",
        ),
        ("  Two\n lines \x00 ", "Two lines"),
        ("", "The first words of the text stand in"),
    ],
)
def test_a_title_is_cleaned_and_cut(title: str, expected: str) -> None:
    text = "The first words of the text stand in"
    assert clean_title(title, site="Example", url="https://example.org/a", text=text) == expected


def test_words_of_another_script_are_no_site() -> None:
    for title in ("原子力規制委員会 - 新しい基準を発表", "Εφημερίδα: νέα μέτρα - για το νερό"):
        assert clean_title(title, site="朝日新聞", url="https://example.org/a") == title
    assert clean_title("新しい基準を発表 - 朝日新聞", site="朝日新聞") == "新しい基準を発表"


TEXT = """Nasa and the city of Port Ansel won't rebuild the kiln. The privacy guides of the council say so.
The kiln at Roe was shut by its owner."""


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Kiln of Port Ansel shut down | Harbour Weekly", "Kiln of Port Ansel shut down"),
        ("Kiln shut down | News | Harbour Weekly", "Kiln shut down"),
        ("Harbour | Seven kilns that were shut down", "Seven kilns that were shut down"),
        ("Kiln of Port Ansel shut down - Harbour Weekly", "Kiln of Port Ansel shut down"),
        ("Kiln of Port Ansel shut down – The Harbour Times", "Kiln of Port Ansel shut down"),
        ("Kiln of Port Ansel shut down - by Rosa Quintero", "Kiln of Port Ansel shut down"),
        ("Roe's Blog: the kiln is shut", "the kiln is shut"),
        # What stands behind the dash here is part of the title.
        ("Kiln shut down - a guide for neighbours", "Kiln shut down - a guide for neighbours"),
        ("Kiln shut down - What Comes Next", "Kiln shut down - What Comes Next"),
        ("Kiln shut down - Privacy Guides", "Kiln shut down - Privacy Guides"),
        ("Kilns shut down – Council Owner City", "Kilns shut down – Council Owner City"),
        ("BREAKING: Kiln of Port Ansel shut down", "Kiln of Port Ansel shut down"),
        ("They WON'T rebuild the kiln of Roe", "They won't rebuild the kiln of Roe"),
        ("They rebuild the KILN of Roe", "They rebuild the kiln of Roe"),
        ("NASA SHUTS THE KILN OF PORT ANSEL", "Nasa shuts the kiln of Port Ansel"),
        ("Tested! The best kilns of the year", "Tested: The best kilns of the year"),
        ("The kiln is not shut! It only rests", "The kiln is not shut. It only rests"),
        ("\U0001f525 Kiln shut down \U0001f6a8", "Kiln shut down"),
        ("The owner who wants to shut the ...", "The owner who wants to shut"),
        (
            "What are the different kinds of kilns? And how do you choose the best?",
            "What are the different kinds of kilns?",
        ),
        (
            "The kiln was supposed to save Port Ansel after the flood. The results? Sobering for all",
            "The kiln was supposed to save Port Ansel. The results? Sobering for all",
        ),
        (
            "To find the five best kilns, we put seventeen of them to the test in June",
            "The five best kilns",
        ),
        (
            "Roe was going to rebuild the kiln of Port Ansel by the spring, but not now",
            "Roe was going to rebuild the kiln of Port Ansel, but not now",
        ),
        (
            "Coal dust of kilns is associated with coughs in Port Ansel, but not the dust of trams",
            "Coal dust of kilns is associated with coughs, but not the dust of trams",
        ),
        (
            "Kilns, ovens, furnaces, and hundreds of chimneys of Port Ansel shut by the council in a week",
            "Kilns, ovens, furnaces, and hundreds of chimneys of Port Ansel shut",
        ),
        (
            "Fire of the Month(s): The kilns and ovens of Port Ansel that were shut",
            "The kilns and ovens of Port Ansel that were shut",
        ),
        (
            "These are the best kilns for money in Port Ansel, according to Roe",
            "The best kilns for money in Port Ansel, according to Roe",
        ),
        (
            "University of Port Ansel earns nineteen honours at the 2026 Kiln Design Awards Night",
            "University of Port Ansel earns nineteen honours",
        ),
        (
            "Kilns of Port Ansel (Roe, Halden and a few others) were shut by their owners today",
            "Kilns of Port Ansel",
        ),
    ],
)
def test_a_title_of_an_unknown_site_is_cleaned_by_its_shape(title: str, expected: str) -> None:
    assert clean_title(title, text=TEXT) == expected


def test_a_title_has_at_most_twelve_words() -> None:
    title = " ".join(f"Word{n}" for n in range(30))
    assert len(clean_title(title).split()) == 12


LABELS = tuple(ThemeLabel(name, "society", "") for name in ("One", "Two", "Three", "Four"))
AXES = np.eye(5, dtype=np.float32)[:4]


def at(*cosines: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    rest = np.sqrt(max(0.0, 1 - sum(c * c for c in cosines)))
    return np.array([*cosines, rest], dtype=np.float32)


@pytest.mark.parametrize(
    ("cosines", "expected"),
    [
        ((0.6, 0.5, 0.45, 0.34), ["One", "Two", "Three"]),
        ((0.7, 0.44, 0.3, 0.0), ["One"]),
        ((0.4, 0.34, 0.32, 0.0), ["One", "Two"]),
        ((0.26, 0.2, 0.1, 0.0), ["One"]),
        ((0.1, 0.05, 0.0, 0.0), []),
    ],
)
def test_themes_need_a_floor_and_a_share_of_the_first(
    cosines: tuple[float, ...], expected: list[str]
) -> None:
    themes, notes = choose_themes(at(*cosines), LABELS, AXES)
    assert [theme.theme for theme in themes] == expected
    assert notes == ()


def test_a_weak_theme_is_given_and_said_to_be_weak() -> None:
    themes, notes = choose_themes(at(0.2, 0.1, 0.0, 0.0), LABELS, AXES)
    assert [theme.theme for theme in themes] == ["One"]
    assert notes == (WEAK_GUESS,)


def test_no_vocabulary_gives_no_theme() -> None:
    assert choose_themes(at(0.2, 0.1, 0.0, 0.0), (), np.zeros((0, 5), np.float32)) == ((), ())


def test_each_row_gets_another_pattern_while_one_fits() -> None:
    fit = np.array([[0.6, 0.58, 0.1], [0.6, 0.59, 0.1]], dtype=np.float32)
    assert assign_patterns(fit, (4, 4, 4)) == [0, 1]


def test_a_fitting_pattern_comes_again_rather_than_a_stranger() -> None:
    fit = np.array([[0.6, 0.1, 0.1], [0.6, 0.2, 0.1]], dtype=np.float32)
    assert assign_patterns(fit, (4, 4, 4)) == [0, 0]


def test_a_pattern_serves_no_more_rows_than_it_has_phrasings() -> None:
    fit = np.array([[0.6, 0.3, 0.1]] * 3, dtype=np.float32)
    assert sorted(assign_patterns(fit, (2, 4, 4))) == [0, 0, 1]


def test_the_row_that_needs_a_pattern_more_gets_it() -> None:
    fit = np.array([[0.5, 0.49], [0.6, 0.1]], dtype=np.float32)
    assert assign_patterns(fit, (1, 1)) == [1, 0]


def test_no_patterns_give_no_columns() -> None:
    assert assign_patterns(np.zeros((3, 0), dtype=np.float32), ()) == []


@cache
def four_axes() -> Library:
    """Four patterns whose descriptions and phrasings each lie on an axis of their own."""
    counts = [sum(len(getattr(pattern, column)) for column in COLUMNS) for pattern in PATTERNS]
    axes = np.eye(4, dtype=np.float32)
    return Library((), axes[:0], PATTERNS, axes, np.repeat(axes, counts, axis=0).astype(np.float16), "v1")


def fits(sentence: str, vector: Vectors, article: str) -> Vectors:
    return fit_patterns([sentence], vector[None], vector, vector, article, four_axes())[0]


def test_unless_words_push_a_pattern_down() -> None:
    vector = np.full(4, 0.5, np.float32)
    plain = fits("a court hears a case", vector, "a court hears")
    tennis = fits("a court hears a case", vector, "tennis court")
    assert tennis[2] < plain[2]


def test_cue_words_are_whole_words_in_a_row() -> None:
    vector = np.full(4, 0.5, np.float32)
    cue = PATTERNS[0].cues[0]
    named = fits(f"now {cue} it is", vector, f"now {cue} it is")
    part = fits(f"now x{cue} it is", vector, f"now x{cue} it is")
    assert named[0] > part[0]


def test_a_pattern_far_from_the_article_stays_out_whatever_the_row_says() -> None:
    article = np.array([0.8, 0.6, 0, 0], dtype=np.float32)
    row = np.array([0, 0, 1, 0], dtype=np.float32)
    fit = fit_patterns(["x"], row[None], article, article, "x", four_axes())[0]
    assert fit[2] < fit[0]


def test_a_phrasing_is_handed_out_once() -> None:
    chooser = Chooser(four_axes(), "seed", np.zeros(4, np.float32))
    count = len(PATTERNS[0].change)
    taken = [chooser.take(0, "change", "a row", np.ones(4, np.float32)) for _ in range(count + 1)]
    assert set(taken[:count]) == set(PATTERNS[0].change)
    assert taken[count] is None


def test_the_phrasing_nearest_to_the_row_is_taken() -> None:
    pattern = Pattern(
        "kettles",
        "technology",
        "Kettles.",
        ("kettle",),
        (),
        ("From iron to steel", "From gas to current"),
        ("Kettles talk",),
        ("Thirst of many",),
    )
    axes = np.eye(4, dtype=np.float32)
    library = Library((), axes[:0], (pattern,), axes[:1], axes.astype(np.float16), "v1")
    for at in (0, 1):
        chooser = Chooser(library, "seed", np.zeros(4, np.float32))
        assert chooser.take(0, "change", "a row", axes[at]) == pattern.change[at]
