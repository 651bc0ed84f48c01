"""The whole analysis: what every record must satisfy, whatever the text."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from analyze_cases import NEWS, PATTERNS, THEMES, analyse, article_of, encode, library, tokens_of
from fakes import FakeEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.analysis import ANALYZER, analyze, analyzer_id, make_library
from digest.analysis.statements import LEAST_WORDS, MOST_WORDS
from digest.records import EMPTY, Analysis, TokenVectors

NEWS_PIECES = st.sampled_from(
    [*re.split(r"(?<=[.\n ])", NEWS), "“", "”", "(", "|", "…", "\n", "£4.5m ", "not ", ", which "]
)
TEXTS = st.one_of(st.text(max_size=400), st.lists(NEWS_PIECES, max_size=80).map("".join))


def check(analysis: Analysis, text: str) -> None:
    """Assert what must hold of any analysis of a text."""
    assert analysis.title
    assert len(analysis.summary) <= 5
    assert len(analysis.keywords) <= 10
    assert len(analysis.themes) <= 3
    assert len(analysis.signals) <= 6
    for sentence in analysis.summary:
        (evidence,) = sentence.evidence
        assert text[evidence.start : evidence.end] == evidence.quote
        # Where an opening word was cut, the next one gets its capital.
        assert sentence.text in (evidence.quote, evidence.quote[:1].upper() + evidence.quote[1:])
    starts = [sentence.evidence[0].start for sentence in analysis.summary]
    assert starts == sorted(starts)
    lowered = [keyword.keyword.lower() for keyword in analysis.keywords]
    assert len(set(lowered)) == len(lowered)
    for signal in analysis.signals:
        check_row(signal, text)
    for column in ("change", "horizon_10y", "driving_force"):
        cells = [getattr(signal, column) for signal in analysis.signals]
        stated = [cell for cell in cells if cell != EMPTY]
        assert len(set(stated)) == len(stated)


def check_row(signal, text: str) -> None:  # type: ignore[no-untyped-def]
    cells = {name: getattr(signal, name) for name in ("signal", "change", "horizon_10y", "driving_force")}
    for cell in cells.values():
        assert cell
        assert cell == " ".join(cell.split())
        assert cell.isprintable()
    assert LEAST_WORDS <= len(signal.signal.split()) <= MOST_WORDS + 4
    for evidence in signal.evidence:
        assert text[evidence.start : evidence.end] == evidence.quote
    for name, cell in cells.items():
        quotes = [evidence.quote for evidence in signal.evidence if evidence.field == name]
        basis = getattr(signal.basis, name)
        assert bool(quotes) == (basis != "none") == (cell != EMPTY)
        assert cell == EMPTY or not [idea for idea in signal.ideas if idea.field == name]
        if basis == "observed":
            # Nothing but the article's words in their order.
            left = iter(re.findall(r"\w+", " ".join(quotes).lower()))
            assert all(any(word == other for other in left) for word in re.findall(r"\w+", cell.lower()))


def test_a_news_article_gets_every_field() -> None:
    analysis = analyse(NEWS)
    check(analysis, NEWS)
    assert 4 <= len(analysis.summary) <= 5
    assert len(analysis.keywords) == 10
    assert [theme.theme for theme in analysis.themes][:1] == ["Urban mobility"]
    assert 1 <= len(analysis.signals) <= 6
    assert analysis.analyzer == "test"


def test_same_input_gives_same_output_in_any_order() -> None:
    first = analyse(NEWS)
    analyse("Another text stands between. It changes nothing at all here.")
    assert analyse(NEWS) == first


def test_another_article_of_the_same_text_gets_the_same_observations() -> None:
    one, two = analyse(NEWS, id="1" * 32), analyse(NEWS, id="2" * 32)
    assert one.signals == two.signals
    assert one.summary == two.summary


def test_an_empty_text_gives_an_empty_analysis_with_a_note() -> None:
    analysis = analyse("", title="")
    assert analysis.title == "Untitled"
    assert (analysis.summary, analysis.keywords, analysis.themes, analysis.signals) == ((), (), (), ())
    assert "reports no change" in analysis.notes


def test_an_empty_library_changes_no_signal_but_its_ideas() -> None:
    empty = make_library((), (), encode=encode, version="v1")
    analysis = analyze(article_of(NEWS), tokens_of(NEWS), empty)
    check(analysis, NEWS)
    assert analysis.analyzer == ANALYZER
    assert analysis.signals == tuple(replace(row, ideas=()) for row in analyse(NEWS).signals)


def test_the_analyzer_id_names_rules_library_and_model() -> None:
    assert analyzer_id(library().version, "m@1") == f"{ANALYZER}/v1/m@1"


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_any_text_gives_a_sound_analysis(text: str) -> None:
    check(analyse(text), text)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200))
def test_tokens_that_do_not_fit_the_text_do_no_harm(text: str) -> None:
    none = TokenVectors(
        np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros((0, FakeEmbedder.dimensions), np.float32)
    )
    check(analyze(article_of(text), none, library()), text)


def test_every_development_page_gets_sound_fields(dev_data: Path) -> None:
    for line in (dev_data / "pages" / "articles.jsonl").read_text(encoding="utf-8").strip().split("\n"):
        page = json.loads(line)
        article, tokens = article_of(page["text"], title=page["title"]), tokens_of(page["text"])
        analysis = analyze(article, tokens, library())
        check(analysis, page["text"])
        if len(page["text"].split()) >= 100:
            assert len(analysis.keywords) == 10, page["id"]


@pytest.fixture(scope="module")
def real() -> Analysis:
    from digest.adapters.sentence_transformers import SentenceTransformerEmbedder

    embedder = SentenceTransformerEmbedder()
    themes = (
        replace(THEMES[0], description="buses, road pricing and congestion charges"),
        replace(THEMES[2], description="recipes and ovens"),
    )
    shelf = make_library(themes, PATTERNS, encode=embedder.encode, version="v1")
    return analyze(article_of(NEWS), embedder.encode_tokens([NEWS])[0], shelf)


@pytest.mark.model
def test_the_real_model_gives_a_sound_record(real: Analysis) -> None:
    check(real, NEWS)
    assert real.signals


@pytest.mark.model
def test_the_real_model_finds_the_subject(real: Analysis) -> None:
    assert real.themes[0].theme == "Urban mobility"
    assert any("charge" in keyword.keyword for keyword in real.keywords)
    assert any("charge" in row.signal.lower() for row in real.signals)
