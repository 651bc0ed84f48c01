"""Which clauses count as reporting a change, and how learned boundaries cut them."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from analyze_cases import analyse, article_of, tokens_of

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.analysis.boundaries import boundaries_of
from digest.analysis.cells import find_change
from digest.analysis.change import chances_of_change
from digest.analysis.clauses import cut_clauses, whole_statement
from digest.analysis.reading import Reading, read
from digest.analysis.signals import REPORTS, choose_rows
from digest.analysis.table import Row, tells_own_change
from digest.language.tags import tag
from digest.language.words import split_words

CHANGES = (
    "Sales of heat pumps in Norway have doubled since 2020",
    "The harbour town has banned diesel boats from its inner canals",
    "Ferries on the fjord are increasingly run on batteries",
    "The museum will open a second building in Aarhus in 2027",
    "Paper tickets are no longer sold on the night trains",
)
NO_CHANGES = (
    "A heat pump is a device that moves warmth",
    "The kettle has a steel handle and a long spout",
    "Most gardeners water their tomatoes in the morning",
    "Choosing the right boots can be hard for beginners",
    "Ladders should be checked before every use",
)


def reading_of(text: str) -> Reading:
    return read(article_of(text), tokens_of(text))


@pytest.fixture(scope="module")
def model_reading() -> Callable[[str], Reading]:
    embedder = SentenceTransformerEmbedder()
    return lambda text: read(article_of(text), embedder.encode_tokens([text])[0])


def learned_cuts(reading: Reading) -> list[str]:
    (line,) = reading.lines
    (boundaries,) = boundaries_of(reading, [line])
    assert boundaries is not None
    return [clause.text for clause in cut_clauses(line, reading.article.text, boundaries)]


def test_without_the_packaged_model_wording_alone_tells_change_from_none() -> None:
    text = "\n".join(f"{sentence}." for sentence in (*CHANGES, *NO_CHANGES))
    reading = reading_of(text)
    chances = chances_of_change(reading, [line.words for line in reading.lines])
    assert min(chances[: len(CHANGES)]) > max(chances[len(CHANGES) :])


def test_another_model_s_vectors_give_no_boundaries() -> None:
    reading = reading_of(f"{CHANGES[0]}.")
    assert boundaries_of(reading, reading.lines) == [None]


def test_no_clause_has_no_chance() -> None:
    reading = reading_of(f"{CHANGES[0]}.")
    assert chances_of_change(reading, []).shape == (0,)
    assert chances_of_change(reading, [()])[0] == 0.0


def test_a_table_takes_what_reports_a_change_before_what_does_not() -> None:
    text = "\n".join(f"{sentence}." for sentence in (*NO_CHANGES, *CHANGES))
    rows = {row.signal for row in analyse(text).signals}
    assert len(rows & set(CHANGES)) >= 3
    assert not rows & set(NO_CHANGES)


def test_what_something_changed_from_and_to_makes_a_row() -> None:
    measured = "Absence among the pupils dropped from 6.8 to 4.9 per cent"
    text = "\n".join(f"{sentence}." for sentence in (*NO_CHANGES, measured))
    first = analyse(text).signals[0]
    assert (first.signal, first.change) == (measured, "From 6.8 to 4.9 per cent")


def test_the_amounts_of_another_clause_are_no_change_of_this_one() -> None:
    text = "Vacancy among its users went from 2.1 to 4.6 per cent while all rents rose 31 per cent."
    (line,) = read(article_of(text), tokens_of(text)).lines
    change = find_change(line, text)
    assert change is not None
    by_text = {clause.text: Row(clause, line, 1.0) for clause in cut_clauses(line, text)}
    own = by_text["Vacancy among its users went from 2.1 to 4.6 per cent"]
    assert tells_own_change(change, own)
    start = text.index("all rents")
    other = replace(own.clause, spans=((start, len(text) - 1),), text=text[start:-1])
    assert not tells_own_change(change, replace(own, clause=other))


def test_what_was_before_the_news_comes_after_it() -> None:
    before, news = "A rival had built a large dairy at Stenvik", "The dairy at Orrdal has doubled its output"
    signals = [row.signal for row in analyse(f"{before}.\n{news}.\nCows stand in the meadow.").signals]
    assert signals.index(news) < signals.index(before)


def test_rows_about_what_the_title_says_go_first() -> None:
    text = "Coal has been replaced by gas at Orrdal.\nTrams have been replaced by buses at Lisse."
    for place, title in enumerate(("Lisse gives up its trams", "Orrdal gives up coal")):
        reading = read(replace(article_of(text), title=title), tokens_of(text))
        assert choose_rows(reading)[0].row.line.index == 1 - place


@pytest.mark.model
def test_with_the_packaged_model_change_is_told_from_none(
    model_reading: Callable[[str], Reading],
) -> None:
    reading = model_reading("\n".join(f"{sentence}." for sentence in (*CHANGES, *NO_CHANGES)))
    chances = chances_of_change(reading, [line.words for line in reading.lines])
    assert min(chances[: len(CHANGES)]) > REPORTS / 2 > max(chances[len(CHANGES) :])
    assert sum(chances >= REPORTS) >= len(CHANGES) - 1


@pytest.mark.model
@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        # Short enough and complete: shown whole, with its time.
        (
            "Since the flood of 2021, insurance has become a luxury there.",
            "Since the flood of 2021, insurance has become a luxury there",
        ),
        # An opener that leans on the sentence before goes.
        (
            "But the last coal mine in the county closed in March.",
            "The last coal mine in the county closed in March",
        ),
        # What trails behind a comma goes.
        (
            "The school lunch trade is changing rapidly, with new dishes appearing on the menus every year.",
            "The school lunch trade is changing rapidly",
        ),
        # The main clause behind an introduction that says no time.
        (
            "With prices for copper at a record height, thieves have stripped 40 kilometres of lines.",
            "Thieves have stripped 40 kilometres of lines",
        ),
    ],
)
def test_a_sentence_is_cut_where_its_clause_is_over(
    sentence: str, expected: str, model_reading: Callable[[str], Reading]
) -> None:
    assert learned_cuts(model_reading(sentence))[0] == expected


@pytest.mark.model
@pytest.mark.parametrize(
    ("sentence", "never"),
    [
        (
            "Care of the old has changed a lot in ten years, driven by sensors, robots and a lack of nurses.",
            r"driven$",
        ),
        (
            "The village shop has grown over the years from a kiosk into a department store with a cafe.",
            r"grown( over the years)?$",
        ),
        (
            "Illnesses such as measles could become a common sight again in the towns of the north.",
            r"^Measles",
        ),
        (
            "A small grid that feeds on waste heat from the data centre replaced the old boilers in May.",
            r"waste heat$",
        ),
        ("They moved the whole of the archive to a salt mine under the hills near the border.", r"^They"),
        (
            "If the council agrees in May, the tram line will open to passengers in the next year.",
            r"^The tram",
        ),
        ("The law will not apply to farms unless the ministry says so before the end of June.", r"^The law"),
        ("The minister denied that the plant on the river was closed by order of the court.", r"^The plant"),
        ("The rule allows the owners of small dams to sell power to their neighbours.", r"dams$"),
        (
            "Landlords in the city will be forbidden to set rents with software that draws on secret data.",
            r"rents$",
        ),
        (
            "Tenants gain a right to demand, within 14 days, a written account of how the rent was made.",
            r"demand$|days$",
        ),
        (
            "Fishing and timber rights are now among the most disputed matters in talks about the border.",
            r"are( now)?$",
        ),
        ("Investors, it seems, had noticed the boilers under the streets of the town.", r"^Investors \["),
    ],
)
def test_a_learned_cut_leaves_no_stump_and_changes_no_claim(
    sentence: str, never: str, model_reading: Callable[[str], Reading]
) -> None:
    assert not [text for text in learned_cuts(model_reading(sentence)) if re.search(never, text)]


@pytest.mark.model
@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("• Household spending on repairs is rising", "Household spending on repairs is rising"),
        ("Repairs and Spares for Household Machines", None),
        ("Why is household spending on repairs rising?", None),
        ("Household spending on repairs is rising:", None),
    ],
)
def test_a_heading_that_says_something_whole_is_a_statement(
    heading: str, expected: str | None, model_reading: Callable[[str], Reading]
) -> None:
    reading = model_reading(heading)
    (line,) = reading.lines
    (boundaries,) = boundaries_of(reading, [line])
    assert boundaries is not None
    clause = whole_statement(line, heading, boundaries)
    assert (clause.text if clause else None) == expected


@pytest.mark.model
def test_rows_are_the_article_s_words_and_the_same_each_time(
    model_reading: Callable[[str], Reading],
) -> None:
    text = "\n".join(f"{sentence}, the agency said." for sentence in (*CHANGES, *NO_CHANGES))
    reading = model_reading(text)
    rows = choose_rows(reading)
    assert 3 <= len(rows) <= 8
    for candidate in rows:
        clause = candidate.row.clause
        pieces = [" ".join(text[start:end].split()) for start, end in clause.spans]
        assert clause.text.lower() == " [...] ".join(pieces).lower()
        assert 5 <= len(clause.text.split()) <= 12
    again = read(article_of(text), replace(reading.tokens))
    assert [c.row.clause.text for c in choose_rows(again)] == [c.row.clause.text for c in rows]


def test_words_of_change_are_told_without_vectors() -> None:
    reading = reading_of("Nothing stands here.")
    clauses = [tag(split_words(text)) for text in (CHANGES[1], NO_CHANGES[1])]
    first, second = chances_of_change(reading, clauses)
    assert first > 2 * second
