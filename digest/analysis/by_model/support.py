"""A pointer is not support: a statement of a model stands only if sentences of the article bear it out.

In order: the cited numbers are in range and citable; the statement goes through the checks against these
sentences. Where the checks find a contradiction (a figure, date, denial, contrary or exchanged role), that is
the end of it. Where they only miss words, as in a sentence whose subject was named before, the same is tried
with the title, with the sentences beside, and with the sentences we find nearest: what they bear out is
`repaired`.

A name of which the article has no word, and a denial where the sentences deny nothing, are refused whatever
the score says. Known exceptions: another word for the same may be refused, and an exchange of two names in a
sentence that has both for good reason may stand; planted.py of the tests says how often.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from digest.analysis.by_model.additions import ASKED_FOR, additions
from digest.analysis.by_model.answer import Said
from digest.analysis.by_model.certainty import made_certain
from digest.analysis.by_model.cut_off import breaks_off
from digest.analysis.by_model.exchanged import put_otherwise
from digest.analysis.by_model.limits import MUST, unlimited
from digest.analysis.by_model.nearest import nearest
from digest.analysis.by_model.numbered import Numbered
from digest.analysis.by_model.orders import is_order, is_said_to_a_model
from digest.analysis.by_model.periods import of_another_time
from digest.analysis.by_model.words import address_in, words_of
from digest.checks.checker import checked
from digest.checks.claim_reading import ReadText, read
from digest.checks.claim_wording import is_content
from digest.checks.find_names import knows_name
from digest.language.counts import ONES, TENS
from digest.records import Problem

CONTRADICTIONS = frozenset(
    (
        "number", "comparison", "date", "negation", "opposite", "quote", "role", "certainty", "cause",
        "unchecked",
    )
)  # fmt: skip
"""Kinds of problems that more sentences must not mend: the cited ones say otherwise."""
NEAREST = 3
"""Sentences of our own that are tried; a summary sentence of a reader rests on 1.2 on average."""
ECHO_WORDS = 4
"""Of a statement that stands in the prompt: fewer words may well stand in both by chance."""
DENIAL_NEAR = 6
"""Words between a denied word and what may deny it in another way; judgement."""
NUMBERS: Mapping[str, float] = {word: value for word, value in (ONES | TENS).items() if value > 1}
"""Small numbers, which the checks leave to the words around them; one is mostly no number."""
PARTS = ("halves", "thirds", "quarters", "fifths", "sixths", "sevenths", "eighths", "ninths", "tenths")
"""Of a whole, from two on."""
SHARE = re.compile(rf"(?i)\b([a-z]+)(?:[ -]({'|'.join(PARTS)})| (?:in|out of)(?: every)? ([a-z]+))\b")
PERCENT = re.compile(r"(?i)(\d+(?:\.\d+)?)\s?(?:%|per\s?cent)")
MAX_ROUNDED = 0.5
"""Points by which a share in words may differ from the percentage it stands for: a sixth is 16.7."""
MAX_CHECKED = 6
"""Cited sentences a statement is checked against at once: with more it would be checked against the
article."""


@dataclass(frozen=True)
class Verdict:
    """What became of a statement."""

    said: Said
    """With the numbers it rests on."""
    state: Literal["supported", "repaired", "refused"]
    problems: tuple[Problem, ...] = ()
    """Why it was refused."""


def judge(
    said: Said, numbered: Numbered, prompt: str = "", *, is_sentence: bool = True, is_ahead: bool = False
) -> Verdict:
    """Hold a statement against the article.

    Args:
        said: The statement, with the sentences it cites.
        numbered: The article.
        prompt: What the model was told beside it.
        is_sentence: Not a phrase, such as "From coal to electric".
        is_ahead: Whether it says what will be, so that a plan bears it out.
    """
    if problem := not_a_statement(said.text, numbered, prompt, is_sentence=is_sentence):
        return Verdict(said, "refused", (problem,))
    cited = tuple(at for at in said.numbers if at in numbered.stating)[:MAX_CHECKED]
    first: tuple[Problem, ...] = ()
    for numbers, with_title in _grounds(said.text, cited, numbered):
        found = problems_of(
            said.text,
            numbers,
            numbered,
            with_title=with_title,
            is_sentence=is_sentence,
            plans_count=is_ahead,
            is_cited=bool(cited) and set(numbers) <= set(cited),
        )
        if not found:
            is_cited = bool(cited) and set(numbers) <= set(said.numbers)
            return Verdict(Said(said.text, numbers), "supported" if is_cited else "repaired")
        first = first or found
        if numbers == cited and any(map(_is_final, found)):
            break
    return Verdict(said, "refused", first or (Problem("unrelated", said.text, ""),))


def _is_final(problem: Problem) -> bool:
    """Say whether other sentences must not mend it: "all" and "must" stand somewhere in any article."""
    is_word = problem.kind == "added" and problem.claim.lower() in ASKED_FOR | MUST
    return is_word or problem.kind in CONTRADICTIONS


def problems_of(
    statement: str,
    numbers: Sequence[int],
    numbered: Numbered,
    *,
    with_title: bool = False,
    is_sentence: bool = True,
    plans_count: bool = False,
    is_cited: bool = True,
) -> tuple[Problem, ...]:
    """Check a statement against some sentences; nothing for one they bear out.

    Args:
        statement: A model's.
        numbers: Of the sentences.
        numbered: The article.
        with_title: Whether its title bears it out too.
        is_sentence: Not a phrase.
        plans_count: Whether what is planned may be said for certain.
        is_cited: Whether these sentences were cited for it.
    """
    text = numbered.text(numbers)
    if with_title:
        text = f"{numbered.article.title}.\n{text}"
    found = checked(statement, text, published=numbered.article.published).problems
    return (
        found
        or tuple(_missed(statement, text, numbered.words))
        or tuple(additions(statement, text, is_sentence=is_sentence, is_cited=is_cited))
        or tuple(made_certain(statement, numbered.text(numbers), plans=not plans_count))
        or tuple(unlimited(statement, text, is_sentence=is_sentence, plans_count=plans_count))
        or tuple(of_another_time(statement, text))
        or tuple(put_otherwise(statement, [numbered.sentences[at - 1] for at in numbers]))
    )


def _grounds(
    statement: str, cited: tuple[int, ...], numbered: Numbered
) -> Iterator[tuple[tuple[int, ...], bool]]:
    """Give the sentences a statement may rest on, what the model said first."""
    if cited:
        yield cited, False
        yield cited, True
        beside = {near for at in cited for near in (at - 1, at, at + 1)} & numbered.stating
        yield tuple(sorted(beside)), True
    own = nearest(statement, numbered, NEAREST)
    for count in range(1, len(own) + 1):
        yield tuple(sorted(own[:count])), True


def _missed(statement: str, text: str, article: str) -> Iterator[Problem]:
    """Find what the checks let pass: names of nobody in the article, and denials of what is not denied."""
    said, there, whole = read(statement), read(text), _whole(article)
    for name in said.names:
        words = [at for at in range(name.first, name.last + 1) if said.words[at].text[0].isalpha()]
        if words and not any(knows_name(whole, said, at) for at in words):
            yield Problem("name", name.text, "")
    yield from _strange_opener(said, whole)
    yield from _turned_round(said, there)
    known = _values(there.text)
    shares = list(_shares_of_percentages(said.text, there.text))
    for word in said.words:
        is_of_share = any(start <= word.start < end for start, end in shares)
        if word.lower in NUMBERS and NUMBERS[word.lower] not in known and not is_of_share:
            yield Problem("number", word.text, "")


def _shares_of_percentages(statement: str, text: str) -> Iterator[tuple[int, int]]:
    """Give the places of shares in words that a text has as percentages: "four in five" of 80 percent."""
    percents = [float(found[1]) for found in PERCENT.finditer(text)]
    for found in SHARE.finditer(statement):
        part, named, whole = (each and each.lower() for each in found.groups())
        of = PARTS.index(named) + 2 if named else NUMBERS.get(whole, 0)
        share = 100 * ONES.get(part, 0) / of if of else 0
        if any(abs(share - each) <= MAX_ROUNDED for each in percents):
            yield found.span()


def _values(text: str) -> set[float]:
    """Give the whole numbers of a text, in words and in figures, and those its fractions name."""
    words = {NUMBERS[word] for word in re.findall(r"[a-z]+", text.lower()) if word in NUMBERS}
    return words | {float(each) for each in re.findall(r"(?<![\d.,])\d{1,3}(?![\d.,]*\d)", text)}


def _strange_opener(said: ReadText, whole: ReadText) -> Iterator[Problem]:
    """Find a name that the capital of a statement's first word hides, and of which the article has no
    form."""
    if not said.words or 0 in said.name_words:
        return
    word = said.words[0]
    is_name = said.tagged[0].tag == "NP" or any(letter.isupper() for letter in word.text[1:])
    if is_name and is_content(word) and not knows_name(whole, said, 0) and not whole.places[said.roots[0]]:
        yield Problem("name", word.text, "")


def _turned_round(said: ReadText, there: ReadText) -> Iterator[Problem]:
    """Find words that the statement denies and the sentences never do, or the other way round."""
    if said.denials and not there.denying:
        yield Problem("negation", said.text[said.words[said.denials[0]].start :][:40], "")
        return
    for at, word in enumerate(said.words):
        places = there.places[said.roots[at]]
        if not is_content(word) or not places or at in said.name_words:
            continue
        denied = [place in there.denied for place in places]
        if at in said.denied and not any(denied) and not _denies_near(there, places):
            yield Problem("negation", said.text[said.words[said.denied[at]].start : word.end], "")
            return
        # A change may begin with what is no more: "from no law to one".
        is_before = said.words[0].lower == "from"
        if all(denied) and not (at in said.denied or is_before or _denies_near(said, [at])):
            start = there.words[there.denied[places[0]]].start
            yield Problem("negation", word.text, there.text[start : there.words[places[0]].end])
            return


def _denies_near(text: ReadText, places: Sequence[int]) -> bool:
    """Whether a word that denies, in whatever way, stands within few words of one of some places."""
    return any(abs(at - place) <= DENIAL_NEAR for place in places for at in text.denying)


@lru_cache(maxsize=4)
def _whole(article: str) -> ReadText:
    return read(article)


def not_a_statement(
    statement: str, numbered: Numbered, prompt: str = "", *, is_sentence: bool = True
) -> Problem | None:
    """Find what may stand in no statement, whoever says it, even if the article has it word for word.

    Args:
        statement: A model's.
        numbered: The article.
        prompt: What the model was told: none of it is about the article.
        is_sentence: Not a phrase, of which nobody can tell whether it is an order, or cut off within one.
    """
    if found := address_in(statement, numbered.words):
        return Problem("address", found, "")
    if breaks_off(statement, numbered.sentences, is_sentence=is_sentence):
        return Problem("broken", statement, "")
    said = f" {words_of(statement)} "
    if len(said.split()) >= ECHO_WORDS and said in f" {words_of(prompt)} " and said not in _words(numbered):
        return Problem("prompt", statement, "")
    if is_order(statement) if is_sentence else is_said_to_a_model(statement):
        return Problem("order", statement, "")
    return None


def _words(numbered: Numbered) -> str:
    return f" {words_of(numbered.words)} "
