"""Statements that a model broke off are seen; what careful readers wrote, and whole sentences, are not."""

import json
import random
import re
from pathlib import Path

import pytest
from model_answers import analyzed, answer, kilns, row
from planted import articles, statements

from digest.analysis.by_model.cut_off import breaks_off, has_no_main_clause
from digest.demo.__main__ import RECORDED

LINES = (
    "The city of Tarrow plans to pay for food that does more than fill children for a year.",
    "Brekke Cement shut two of its five coal kilns in March, and builders have to wait for bagged cement.",
    "The makers that burn coal have shut many cheap kilns that they had on trial, said the board.",
    "The harbour is hard to work with.",
    "The board wants a charge based on weight.",
    "Builders were fined an average of 90 crowns, and a case is settled in a median of nine minutes.",
    "The board would like to see the old kilns again.",
    "Since the ban, a study in Coastal Letters reports the meadow has grown.",
)


@pytest.mark.parametrize(
    "text",
    [
        # Whatever the article says.
        "Tarrow will collect waste from homes and",
        "Tarrow has replaced more buses than",
        "Tarrow opened a school whose",
        "Builders in Tarrow voted for",
        "The mayor of Tarrow said that",
        "Two of the five kilns of",
        "Farmers in the north of the country have",
        "Tarrow plans to",
        "Tarrow opens a bridge (",
        # Cut from a sentence that goes on.
        "The board wants a charge based",
        "Builders were fined an average",
        "Builders were fined an average of 90",
        "The board would like to see",
        "Tarrow plans to pay for food that does more",
        "Tarrow plans to pay for",
        "Plans to pay for food that does more than fill children",
        "The makers that burn coal have shut many cheap kilns that they",
        "Builders were fined an average of 90 crowns, and a case",
        "The board says that we're",
        "Brekke Cement shut two of its five coal kilns in",
        "Brekke Cement shut two of its five coal kilns in March, and builders have",
        "The makers that burn coal have shut many cheap",
        "The makers that burn coal have shut many cheap kilns that they had on",
    ],
)
def test_a_statement_that_was_cut_is_seen(text: str) -> None:
    assert breaks_off(text, LINES)


@pytest.mark.parametrize(
    "text",
    [
        "Tarrow moves from food that fills to food that can do more",
        "The harbour is hard to work with",
        "Buses cost what a ticket pays for",
        "The coal that kilns were paid for",
        "Investment in coal dried up",
        "The river is as clean as it was",
        "The board said on Monday what it had asked for",
        "The first actor to play the Doctor in Doctor Who",
        "Brekke Cement shut two of its five coal kilns",
        "Coal cost 38 per cent more",
        "The meadow has grown since the ban, a study in Coastal Letters reports.",
    ],
)
def test_a_whole_statement_is_not(text: str) -> None:
    assert not breaks_off(text, LINES)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Five days after Tarrow’s council approved a charge by weight.", True),
        ("While builders in Lisse waited for cement.", True),
        ("Five days after the council approved a charge, a court stopped it.", False),
        ("When rents rose the court has stopped them.", False),
        ("The court stopped it after the council approved a charge.", False),
        ("The board, before it voted, heard nobody.", False),
    ],
)
def test_a_clause_that_says_only_when_is_no_sentence(text: str, is_one: bool) -> None:
    assert has_no_main_clause(text) is is_one


@pytest.mark.parametrize("text", ["From coal to electric", "To more"])
def test_a_cell_may_end_where_a_sentence_may_not(text: str) -> None:
    lines = ["The board went from coal to electric kilns."]
    assert not breaks_off(text, lines, is_sentence=False)


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (1, "Brekke Cement shut two of its five coal kilns in"),
        (4, "Coal has doubled in price since 2024, which made the board order electric"),
        (5, "The electric kiln makes 1,200 tonnes of cement a day for"),
        (6, "Builders were not told that"),
    ],
)
def test_a_signal_that_was_cut_gives_way_to_the_articles_own_sentence(at: int, text: str) -> None:
    made, asked = analyzed(answer(signals=[row([at], text)]), {"items": []})
    assert asked.purposes == ["analysis", "repair"]
    assert made.signals[0].signal == kilns().sentence_text(at - 1).rstrip(".")
    assert any("it breaks off" in note for note in made.notes)


def recorded() -> list[tuple[str, str]]:
    """Give every text of the recorded answers, with its field."""
    found = []
    for path in RECORDED.glob("*.json"):
        said = json.loads(path.read_text("utf-8"))["answer"]
        for name in ("summary", "items", "introduction"):
            found += [(name, each["text"]) for each in said.get(name, ())]
        for each in said.get("signals", ()):
            names = ("signal", "change", "driving_force", "horizon_10y")
            found += [(name, each[name]) for name in names if each[name]]
    return [(name, text) for name, text in found if text]


def test_what_careful_readers_wrote_is_refused_in_two_of_two_thousand(dev_data: Path) -> None:
    told = [
        (each.text, [each.article.sentence_text(at) for at in range(len(each.article.sentences))], each.field)
        for of in ("pages", "news")
        for each in statements(dev_data, of=of)
        if each.field != "summary"
    ]
    told += [(text, [], name) for name, text in recorded()]
    assert len(told) > 1500
    refused = [text for text, lines, name in told if breaks_off(text, lines, is_sentence=name == "signal")]
    assert len(refused) <= 2, refused


def test_of_sentences_cut_at_a_word_that_ends_none_nearly_all_are_seen(dev_data: Path) -> None:
    last = ("for", "that", "to", "more", "have", "on", "at", "in", "of", "with", "will", "is", "by", "from")
    chance = random.Random(17)
    whole, cut = [], []
    for article in list(articles(dev_data).values())[::20]:
        lines = [" ".join(article.sentence_text(at).split()) for at in range(len(article.sentences))]
        for line in lines:
            words = line.split()
            if len(words) < 8 or not re.search(r"\w[.]$", line):
                continue
            whole.append(breaks_off(line, lines))
            places = [at for at in range(5, min(14, len(words) - 1)) if words[at - 1] in last]
            if places:
                cut.append(breaks_off(" ".join(words[: chance.choice(places)]), lines))
    assert len(cut) > 50
    assert sum(whole) == 0
    assert sum(cut) >= 0.95 * len(cut), (sum(cut), len(cut))
