"""Titles, and how well patterns fit a row."""

from functools import cache

import numpy as np
import pytest
from analyze_cases import PATTERNS

from digest.analysis.library import Library
from digest.analysis.patterns import fit_patterns
from digest.analysis.titles import clean_title
from digest.records import Vectors


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


@cache
def four_axes() -> Library:
    """Four patterns whose descriptions and phrasings each lie on an axis of their own."""
    axes = np.eye(4, dtype=np.float32)
    return Library((), axes[:0], axes[:0], axes[:0], PATTERNS, axes, axes, "v1")


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
