"""Themes of an article: how many, how sure, and labels an editor adds."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from analyze_cases import article_of, encode, library, tokens_of

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.analysis import Library, make_library
from digest.analysis.reading import Reading, read
from digest.analysis.themes import (
    HOW_MANY,
    LEARNED,
    WEAK_GUESS,
    choose_themes,
    likelihoods,
    likenesses,
    nearness,
)
from digest.cli.machinery import library_of
from digest.records import ThemeLabel
from digest.workspace.prompt_files import load_themes

TRAMS = """The tram line to the harbour opens on Monday. Trams will carry commuters every six minutes.
The city paid for the trams with a road charge on lorries. Cars may no longer use the bridge.
"""
SOAP = """Cold-process soap needs lye, water and oils, and four weeks on a rack before it is mild enough.
She stirs lavender and oatmeal into the batter and pours it into a wooden mould lined with paper.
Bars with too much olive oil stay soft, while coconut oil makes a hard bar that lathers well.
Soap makers sell their bars at craft fairs and teach classes in making soap at home.
"""
ADDED = ThemeLabel(
    "Soap making", "society", "Making soap at home from lye, oils and fragrance, and selling bars of soap."
)


def reading_of(text: str, *, title: str = "Untitled") -> Reading:
    return read(article_of(text, title=title), tokens_of(text))


def with_labels(*labels: ThemeLabel) -> Library:
    return make_library(labels, (), encode=encode, version="v1")


def names(reading: Reading, labels: Library) -> list[str]:
    return [theme.theme for theme in choose_themes(reading, labels)[0]]


def test_the_theme_of_the_text_stands_first_and_one_on_something_else_does_not_stand() -> None:
    assert names(reading_of(TRAMS), library()) == ["Urban mobility"]


def test_no_more_than_three_themes_are_given() -> None:
    labels = [ThemeLabel(f"Trams {n}", "society", f"Trams carry commuters {n}") for n in "abcdef"]
    sure = replace(LEARNED, least_other=-99.0)
    themes, _ = choose_themes(reading_of(TRAMS), with_labels(*labels), sure)
    assert len(themes) <= HOW_MANY


def test_a_second_theme_must_be_sure_enough() -> None:
    labels = with_labels(
        ThemeLabel("Trams", "society", "Trams carry commuters in the city"),
        ThemeLabel("Bridges", "society", "Cars and lorries on the bridge"),
    )
    reading = reading_of(TRAMS)
    second = float(np.sort(likelihoods(likenesses(reading, labels), LEARNED))[0])
    for least, count in ((second - 0.1, 2), (second + 0.1, 1)):
        assert len(choose_themes(reading, labels, replace(LEARNED, least_other=least))[0]) == count


def test_two_labels_that_say_the_same_are_not_both_given() -> None:
    labels = with_labels(
        ThemeLabel("City trams", "society", "Trams carry commuters in the city"),
        ThemeLabel("Trams, city", "society", "Commuters in the city: trams carry"),
    )
    assert len(choose_themes(reading_of(TRAMS), labels, replace(LEARNED, least_other=-99.0))[0]) == 1


@pytest.mark.model
def test_a_text_without_sense_has_no_theme(packaged: Library, embedder: SentenceTransformerEmbedder) -> None:
    for text in ("qwe asd zxc. fgh vbn rty uio. plk mnb vcx zaq.", "1 2 3 4 5. 6 7 8 9 10. 11 12 13."):
        reading = read(article_of(text, title=""), embedder.encode_tokens([text])[0])
        assert choose_themes(reading, packaged) == ((), ())


@pytest.mark.model
def test_an_unsure_theme_is_given_and_said_to_be_weak(
    packaged: Library, embedder: SentenceTransformerEmbedder
) -> None:
    text = "He opened the old book at page nine and read it out. Outside, the rain fell on the stones."
    themes, notes = choose_themes(
        read(article_of(text, title=""), embedder.encode_tokens([text])[0]), packaged
    )
    assert len(themes) == 1
    assert notes == (WEAK_GUESS,)


@pytest.mark.model
def test_labels_on_quite_another_matter_are_far_and_those_near_it_are_not(
    packaged: Library, embedder: SentenceTransformerEmbedder
) -> None:
    text = (
        f"{TRAMS}Container ships wait outside the port, and shipping companies pay for every day at anchor."
    )
    seen = nearness(
        read(article_of(text, title="Ships wait at the port"), embedder.encode_tokens([text])[0]), packaged
    )
    assert {"Mental health", "Sleep", "Pets"} & set(seen.likeness) <= seen.far
    themes, _ = choose_themes(read(article_of(text), embedder.encode_tokens([text])[0]), packaged)
    assert themes
    assert not {each.theme for each in themes} & seen.far
    assert seen.likeness[themes[0].theme] == pytest.approx(themes[0].score, abs=1e-3)


@pytest.mark.model
def test_no_label_is_far_from_a_text_that_is_near_none(
    packaged: Library, embedder: SentenceTransformerEmbedder
) -> None:
    text = "qwe asd zxc. fgh vbn rty uio. plk mnb vcx zaq."
    assert not nearness(read(article_of(text, title=""), embedder.encode_tokens([text])[0]), packaged).far


def test_no_vocabulary_gives_no_theme() -> None:
    assert choose_themes(reading_of(TRAMS), with_labels()) == ((), ())


def test_a_label_the_text_and_title_use_counts_more() -> None:
    labels = with_labels(ADDED, ThemeLabel("Fairs", "society", "Making classes at home from craft"))
    scores = likelihoods(likenesses(reading_of("A bar of it sells well."), labels), LEARNED)
    named = likelihoods(
        likenesses(reading_of("A bar of it sells well.", title="Soap making"), labels), LEARNED
    )
    assert named[0] > scores[0]
    assert named[1] == pytest.approx(scores[1], abs=0.1)


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder()


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory, embedder: SentenceTransformerEmbedder) -> Library:
    return library_of(tmp_path_factory.mktemp("workspace"), embedder, None)()


@pytest.mark.model
def test_an_added_label_with_a_description_alone_is_given_at_once(
    tmp_path: Path, embedder: SentenceTransformerEmbedder, packaged: Library
) -> None:
    reading = read(article_of(SOAP, title="Soap from the kitchen"), embedder.encode_tokens([SOAP])[0])
    assert ADDED.theme not in names(reading, packaged)
    rows = [
        {"theme": label.theme, "steep": label.steep, "description": label.description,
         "examples": list(label.examples)}
        for label in (*load_themes(tmp_path), ADDED)
    ]  # fmt: skip
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts/themes.yaml").write_text(json.dumps({"version": 1, "themes": rows}))
    assert names(reading, library_of(tmp_path, embedder, None)())[0] == ADDED.theme
