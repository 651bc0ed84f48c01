"""What limits a sentence, when it is said of and what it puts together is not said otherwise."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from planted import articles, statements

from digest.analysis.by_model.answer import Said
from digest.analysis.by_model.exchanged import put_otherwise
from digest.analysis.by_model.limits import unlimited
from digest.analysis.by_model.numbered import number
from digest.analysis.by_model.periods import of_another_time
from digest.analysis.by_model.support import judge
from digest.articles.given import article_of_text
from digest.records import Problem


@pytest.mark.parametrize(
    ("statement", "text", "claim", "there"),
    [
        ("The plant will cost $3bn", "The plant will cost up to $3bn.", "$3", "up to"),
        ("Half of voters said no", "Nearly half of voters said no.", "Half", "Nearly"),
        ("Rates fell for 2,600 borrowers", "Rates fell for under 2,600 borrowers.", "2,600", "under"),
        ("The mayor took bribes", "The mayor allegedly took bribes.", "took", "allegedly"),
        ("The board backed the ban", "The board backed a partial ban.", "ban", "partial"),
        ("It is the largest lake in Asia", "It is one of the largest lakes in Asia.", "largest", "one of"),
        ("Tarrow has the largest port", "Tarrow has the second-largest port.", "largest", "second-largest"),
        ("Parents must send children early", "Parents can send children early.", "must", ""),
        ("Here instructors must rest", "Here instructors can rest.", "must", ""),
        ("The kiln shuts in May", "The kiln shuts in May unless sold.", "The kiln shuts in May", "unless"),
        ("The board replaced the kilns", "The board will replace the kilns.", "replaced", "will"),
        ("The kilns will be sold", "The kilns were sold.", "will sold", "sold"),
    ],
)  # fmt: skip
def test_a_dropped_limit_is_named(statement: str, text: str, claim: str, there: str) -> None:
    (problem,) = unlimited(statement, text)
    assert (problem.claim, problem.document) == (claim, there)


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("The plant may cost as much as $3bn", "The plant will cost up to $3bn."),
        ("The plant costs $3bn", "The plant costs about $3bn."),
        ("The plant cost $3bn, not up to $5bn", "The plant cost $3bn, not up to $5bn."),
        ("The mayor is accused of taking bribes", "The mayor allegedly took bribes."),
        ("The mayor took bribes", "The mayor allegedly took bribes; that he took them he has said."),
        ("Asia’s largest lakes are drying", "Among the largest lakes are Asia's; the largest lakes dry up."),
        ("Among Asia’s largest lakes", "It is one of the largest lakes in Asia."),
        ("Schools must close", "The court ruled that schools close."),
        ("The kiln shuts in May if no buyer is found", "The kiln shuts in May unless a buyer is found."),
        ("Ministers were asked about the kiln", "Ministers were asked if the kiln shuts."),
        ("The board will replace the kilns", "The board will replace the kilns."),
        ("The kilns to be replaced", "The board will replace the kilns."),
    ],
)
def test_a_limit_in_other_words_is_enough(statement: str, text: str) -> None:
    assert not list(unlimited(statement, text))


def test_a_phrase_may_say_too_little_but_not_too_much() -> None:
    assert not list(unlimited("60 per cent of energy", "At least 60 per cent of energy.", is_sentence=False))
    assert list(unlimited("60 per cent of energy", "At most 60 per cent of energy.", is_sentence=False))


@pytest.mark.parametrize(
    ("statement", "text", "claim", "there"),
    [
        ("The app sends yearly reports", "The app sends daily reports.", "yearly", "daily"),
        ("They sleep 14 hours per year", "They sleep 14 hours per day at 3 years.", "per year", "per day"),
        ("Rescuers came weeks later", "Rescuers came days later.", "weeks", "days"),
        ("Billions of users were hit", "Millions of users were hit.", "Billions", "millions"),
        ("Sales fell this year", "Sales fell last year.", "this year", "last year"),
        ("The fair is held until 2009", "The fair is held since 2009.", "until 2009", "since 2009"),
        ("The charge is off since 1 June", "The charge is off until 1 June.", "since 1 June", "until 1 June"),
        ("The law held before 2020", "The law held after 2020.", "before 2020", "after 2020"),
    ],
)
def test_another_time_is_named(statement: str, text: str, claim: str, there: str) -> None:
    (problem,) = of_another_time(statement, text)
    assert (problem.claim, problem.document) == (claim, there)


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("Annual sales", "Sales of a year."),
        ("A decade of growth", "Growth from 2010 to 2020."),
        ("Shot a 15-year-old boy", "For a week he, 15, had been missing."),
        ("Sales fell this year", "Sales fell this year and last year."),
        ("In 2009 the fair began", "The fair is held since 2009."),
        ("Thousands came", "There came 12,000, of a million."),
    ],
)
def test_the_same_time_in_other_words_is_enough(statement: str, text: str) -> None:
    assert not list(of_another_time(statement, text))


@pytest.mark.parametrize(
    ("statement", "lines", "kind"),
    [
        ("Women earn more than men in Tarrow", ["Men earn more than women in Tarrow."], "role"),
        ("The bank sued the union over pay in May", ["The union sued the bank over pay in May."], "role"),
        ("Prices rose because workers left", ["Workers left because prices rose."], "role"),
        (
            "Tarrow is to close two of its schools",
            ["Tarrow has a harbour.", "Lisse is to close two of its schools."],
            "role",
        ),
        ("The kiln shut because coal is dear", ["The kiln shut.", "Coal is dear."], "cause"),
        (
            "Ida shares it with her younger brother",
            ["Ida shares it with her older brother, Per."],
            "opposite",
        ),
        ("Patterns help pupils because trends grow", ["Patterns help pupils and trends grow."], "cause"),
        (
            "The mutual covers 4,400 of 3,860 households in Orrmouth",
            ["It rained. The mutual covers 3,860 of 4,400 households in Orrmouth. It rained."],
            "role",
        ),
        ("Coffee causes gout", ["Coffee is linked to gout."], "cause"),
    ],
)
def test_what_is_put_together_otherwise_is_named(statement: str, lines: list[str], kind: str) -> None:
    assert [each.kind for each in put_otherwise(statement, lines)] == [kind]


@pytest.mark.parametrize(
    ("statement", "lines"),
    [
        ("The winner of the prize is Ida Brandt", ["Ida Brandt is the winner of the prize."]),
        ("Prices in Tarrow are not higher than now", ["Prices in Tarrow are lower than now."]),
        ("Lisse and Tarrow signed the treaty", ["Tarrow and Lisse signed the treaty."]),
        ("Because prices rose, workers left", ["Workers left because prices rose."]),
        ("Tarrow is to close two of its schools", ["Tarrow is poor.", "It is to close two of its schools."]),
        ("Tarrow is to shut two of its schools", ["Tarrow is poor.", "The town is to shut two of its own."]),
        ("The kiln shut because coal is dear", ["Dear coal made the board shut the kiln."]),
    ],
)  # fmt: skip
def test_the_same_in_another_order_stands(statement: str, lines: list[str]) -> None:
    assert not list(put_otherwise(statement, lines))


def test_all_first_and_must_do_not_stand_because_another_sentence_has_them() -> None:
    lines = "Pupils of the town learn to swim.\nAll teachers must be first at school.\nRain fell on Tarrow."
    numbered = number(article_of_text(id="f" * 32, url="https://e.org/", title="Swimming", text=lines))
    for text in ("All pupils of the town learn to swim", "Pupils of the town must learn to swim"):
        assert judge(Said(text, (1,)), numbered).state == "refused"
    assert judge(Said("Pupils of the town learn to swim", (1,)), numbered).state == "supported"


LIES = (
    (r"\b(?:more than|up to|nearly|at least) (?=[$€£]?\d)", ""),
    (r"\b(?:likely|potential|possible|temporary|alleged) (?=[a-z]{4})", ""),
    (r"\bcan (?=[a-z])", "must "),
    (r"\b(?:daily|weekly|monthly)\b", "yearly"),
    (r"\blast (?=week|month|year)", "next "),
    (r" and (?=the|it|they|we)", " because "),
    (r"\bone of the (?=\w+est)", "the "),
)
"""Changes of words that make a true sentence false."""


def test_lies_in_a_sentences_own_words_are_named_on_real_news(dev_data: Path) -> None:
    lines = [
        each.sentence_text(at)
        for each in articles(dev_data, of="news").values()
        for at in range(len(each.sentences))
    ]
    made = named = 0
    for pattern, by in LIES:
        lies = [(re.sub(pattern, by, line, count=1), line) for line in lines if re.search(pattern, line)][:12]
        made += len(lies)
        named += sum(any(_found(lie, [line], is_sentence=True)) for lie, line in lies)
    assert made >= 60
    assert named >= 0.6 * made, (named, made)


def _found(statement: str, lines: list[str], *, is_sentence: bool) -> Iterator[Problem]:
    text = " ".join(lines)
    yield from unlimited(statement, text, is_sentence=is_sentence)
    yield from of_another_time(statement, text)
    yield from put_otherwise(statement, lines)


def test_few_honest_statements_are_refused_for_it(dev_data: Path) -> None:
    honest = [each for each in statements(dev_data, of="news") if each.field != "summary"]
    named = []
    for each in random.Random(17).sample(honest, 200):
        lines = [" ".join(each.article.sentence_text(at - 1).split()) for at in each.numbers]
        named += [each.text] if any(_found(each.text, lines, is_sentence=each.field == "signal")) else []
    assert len(named) <= 2, named
