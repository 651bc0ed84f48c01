"""Sentences cut to clauses, and what must never be cut."""

import re

import pytest
from analyze_cases import article_of, tokens_of

from digest.analysis.clauses import cut_clauses
from digest.analysis.cues import kind_of, reports_change, strength_of
from digest.analysis.reading import read
from digest.language.tags import tag
from digest.language.words import split_words


def cut(sentence: str) -> list[str]:
    (line,) = read(article_of(sentence), tokens_of(sentence)).lines
    return [clause.text for clause in cut_clauses(line, sentence)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "A data breach at HealthEC LLC has impacted nearly 4.5 million people, with records taken.",
            "A data breach at HealthEC LLC has impacted nearly 4.5 million people",
        ),
        (
            "Also, 17 US healthcare organizations which are its customers were hit by the breach.",
            "17 US healthcare organizations [...] were hit by the breach",
        ),
        (
            "Brennholm, a dairy cooperative with 640 members, is converting its cheese plant to casein.",
            "Brennholm [...] is converting its cheese plant to casein",
        ),
        (
            "The union says the home wards have drawn 900 experienced staff away from hospitals.",
            "The home wards have drawn 900 experienced staff away from hospitals",
        ),
        (
            "In October, the regional council extended the ban on dredging until 2040.",
            "The regional council extended the ban on dredging until 2040",
        ),
    ],
)
def test_a_sentence_is_cut_to_its_main_statement(sentence: str, expected: str) -> None:
    assert cut(sentence)[0] == expected


@pytest.mark.parametrize(
    ("sentence", "never"),
    [
        ("The minister denied that the plant was closed by order of the court.", r"^The plant was closed"),
        ("If the council agrees in May, the tram line will open to passengers next year.", r"^The tram line"),
        ("Had we trusted the bucket, we would have said that the ban had no effect at all.", r"^The ban"),
        ("The drug has not been tested on children in any of the trials so far.", r"tested on children$"),
        (
            "Orrdal has become the first authority in Northmark to refuse data centres without heat.",
            r"authority$",
        ),
        ("The cost of a day of treatment fell from €710 to €395 last year.", r"from €710$|fell$"),
        ("Rainfall in the eastern valleys was 15% higher relative to the years before 1960.", r"relative$"),
        ("The city council banned cars from the inner city except for the residents.", r"inner city$"),
        ("The operator expects the total figure to settle at about 250 people.", r"figure$"),
        ("The firm sold no more than 40 buses to the county in the year.", r"no more$"),
    ],
)
def test_what_limits_a_statement_is_never_cut_off(sentence: str, never: str) -> None:
    assert not [text for text in cut(sentence) if re.search(never, text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Request a free credit report to monitor for suspicious activity this year.",
        "Keep the controls simple and let players know the system of the game.",
        "You can save 40 per cent of your energy bill with a heat pump.",
        "I have closed my account at the bank after twenty long years.",
        "Highly sensitive information, names, dates and places of birth.",
    ],
)
def test_advice_address_and_fragments_give_no_clause(sentence: str) -> None:
    assert cut(sentence) == []


def test_names_that_begin_small_keep_their_letter() -> None:
    assert cut("iPhone sales in China have dropped by 24 per cent since June.")[0].startswith("iPhone")


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("The council banned cars from the centre", True),
        ("The firm is to rehire 240 handlers", True),
        ("The plant was closed in March", True),
        ("Diesel buses are no longer made in Europe", True),
        ("The tool can reduce costs by half", False),
        ("A city should ban cars from streets", False),
        ("The reality is a balancing act", False),
    ],
)
def test_what_counts_as_reporting_a_change(clause: str, expected: bool) -> None:
    assert reports_change(tag(split_words(clause))) is expected


@pytest.mark.parametrize(
    ("signal", "kind", "strength"),
    [
        ("Births fell to 41,800 last year from 59,300 in 2012", "trend", "done"),
        ("Researchers tested a paper strip for pre-eclampsia", "weak signal", "done"),
        ("The council approved the charge on Saturday", "event", "done"),
        ("More and more farmers are leaving pigs for peas", "trend", "done"),
        ("Repair cafes have become a fixture of small towns", "trend", "done"),
        ("A new kind of brick cools houses without power", "weak signal", "done"),
        ("The harbour is projected to handle wind parts only", "event", "committed"),
        ("Telescopes can now see through the dust", "event", "done"),
        ("The bus company will close the old line", "event", "committed"),
        ("The league would appeal against the ruling", "event", "proposed"),
        ("Companies should adopt a stricter defence strategy", "event", "opinion"),
        ("The ice sheet could collapse within a few decades", "wild card", "proposed"),
    ],
)
def test_kind_and_strength_follow_from_the_words(signal: str, kind: str, strength: str) -> None:
    assert kind_of(signal) == kind
    assert strength_of(signal, signal) == strength
