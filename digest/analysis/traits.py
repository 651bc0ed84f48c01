"""What can be told of a sentence, and of a whole text, without knowing its subject: columns for what is
learned.

A sentence: its wording (change.py has most of it), its place, and how near it is to the rest of the text. A
text: its title's wording, the share of sentences of each kind, what it counts by. Nothing here judges.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from digest.analysis.change_wording import change_features, main_verb
from digest.analysis.cues import is_background, tells_of_a_life
from digest.analysis.imperatives import is_imperative
from digest.analysis.learned import Matrix
from digest.analysis.patterns import stems_of
from digest.analysis.reading import Line, Reading
from digest.analysis.sentence_furniture import BULLET, is_furniture, is_question
from digest.analysis.standing import leans, points
from digest.language.wordlists import word_list
from digest.language.words import FIRST_PERSON, SECOND_PERSON

SAID = word_list("said")
PATTERNS = tuple(
    # For lower-cased text: ignoring case costs a third more.
    re.compile(pattern)
    for pattern in (
        r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?"
        r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.? ?\d{0,2}",
        r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:yesterday|today|tonight"
        r"|last (?:week|month|year|night)|this (?:week|month|year))\b",
        r"%|\bper ?cent\b|\b[mbt]r?illion\b",
        r"[$€£]\s?\d|\busd\b",
        r"\b(?:buy|shop|price|discount|sale|shipping|cart|best|top|review|rating|pros|cons|recipe|ingredients|tips?"
        r"|steps?|guide|how to|check out|perfect for|ideal for|easy)\b",
        r"\b(?:announc\w+|launch\w+|report(?:ed|s)?|unveil\w*|acqui\w+|appoint\w+|elect\w+|vote[sd]?|arrest\w*|died"
        r"|kill\w*|charg\w+|su(?:ed|ing)|approv\w+|sign(?:ed|s)|rais(?:ed|es)|clos(?:ed|es|ing)|open(?:ed|s)|won"
        r"|releas\w+)\b",
        r"\b(?:study|survey|report|research\w*|analysis|data|poll|found|finds|findings|according to|shows?"
        r"|showed|suggests?|estimates?d?)\b",
        r"\b(?:than|compared (?:to|with)|up from|down from|versus|more|less|fewer|higher|lower|record|first"
        r"|largest|highest|lowest|most)\b",
        r"\b(?:will|plans? to|planned|expected to|set to|by 20\d\d|next (?:year|month|week)|upcoming|aims? to"
        r"|intends?|scheduled)\b",
        r"\b(?:19|20)\d\d\b",
        r"\b202[3-9]\b",
        r"\b(?:new|newly|now|recent\w*|latest|today|just|already|increasingly|growing)\b",
        r"\b(?:but|however|although|despite|while|yet|instead|rather|no longer|until|once|previously|before"
        r"|used to)\b",
        r"\b(?:because|due to|driven by|as a result|since|after|caused?|led to|amid|thanks to|following)\b",
    )
)
"""Months, days, shares and large numbers, money, trade and advice, news, findings, comparison, future,
years, this decade, newness, contrast, cause: each a column."""
CONTRAST = 12
"""Place of the one that is not counted in a text."""
ASKS = re.compile(r"^\s*(?:how|why|what|when|where|which|who|is|are|can|should|do|does)\b", re.IGNORECASE)
LISTS = re.compile(
    r"\b(?:\d+|best|top|ways|tips|things|ideas|reasons|guide|review|vs\.?|recipe|tutorial|explained|ultimate"
    r"|complete|everything)\b",
    re.IGNORECASE,
)
SPEECH = re.compile(r"\b(?:said|told|says)\b")
CHANGE_COLUMN = 32
"""Place of change_score among the columns of wording_columns."""


@dataclass(frozen=True)
class Traits:
    """The columns of a text's sentences, each of shape (n, columns), in the order of its lines."""

    wording: Matrix
    change: Matrix
    """Those of change.change_features."""
    place: Matrix

    @property
    def columns(self) -> Matrix:
        """All of them side by side."""
        return np.hstack([self.wording, self.change, self.place])


@lru_cache(maxsize=1)
def traits_of(reading: Reading) -> Traits:
    """Describe every sentence of a text; the text must have one.

    The last text's are kept: its summary and its signals are both chosen by them, and making them takes as
    long as all else of a summary thrice (November 2026).
    """
    lines = reading.lines
    change = np.array([change_features(line.words) for line in lines], dtype=np.float64)
    # Its first column is half of what change_score says.
    wording = np.array(
        [wording_columns(line, 2 * each) for line, each in zip(lines, change[:, 0], strict=True)],
        dtype=np.float64,
    )
    return Traits(wording, change, _place_columns(reading, wording))


def wording_columns(line: Line, change: float) -> list[float]:
    """Describe a sentence's wording, of which cues.change_score says `change`; every column about 0 to 1."""
    text, small, words = line.text, line.text.lower(), line.words
    lowers = {word.lower for word in words}
    tags = Counter(word.tag for word in words)
    count = max(1, len(words))
    end = text.rstrip()[-1:]
    first = words[0] if words else None
    columns = [
        line.is_prose,
        min(line.count, 60) / 60,
        line.count < 8,
        line.count > 35,
        leans(line),
        points(line),
        is_imperative(words),
        is_question(text),
        is_furniture(text),
        bool(BULLET.match(text)),
        text[:1] in "\"“‘'",
        text.count("“") + text.count('"') > 0,
        tags["NP"] / count,
        tags["#"] / count,
        tags["J"] / count,
        tags["R"] / count,
        min(3, tags["V"]) / 3,
        bool(lowers & SAID),
        *(bool(pattern.search(small)) for pattern in PATTERNS),
        change,
        is_background(words),
        tells_of_a_life(words),
        end == ":",
        end in '.!?”"',
        "(" in text,
        ";" in text,
        "—" in text or "–" in text,
        bool(lowers & FIRST_PERSON),
        bool(lowers & SECOND_PERSON),
        first is not None and first.tag == "NP",
        first is not None and first.lower in ("the", "a", "an"),
        first is not None and first.tag == "R",
        first is not None and first.tag in ("P", "S", "A"),
    ]
    return [float(value) for value in columns]


def _place_columns(reading: Reading, wording: Matrix) -> Matrix:
    """Where each sentence stands and how near it is to the rest."""
    lines = reading.lines
    count = len(lines)
    at = np.arange(count)
    prose = wording[:, 0] > 0
    in_prose = np.cumsum(prose) - 1
    central = np.asarray(reading.centrality, dtype=np.float64)
    alike = np.asarray(reading.vectors @ reading.vectors.T, dtype=np.float64)
    np.fill_diagonal(alike, 0)
    nearest = np.partition(alike, -3, axis=1)[:, -3:].mean(axis=1) if count > 3 else alike.mean(axis=1)
    title = stems_of(reading.article.title)
    stems = [stems_of(line.text) for line in lines]
    told = Counter(stem for each in stems for stem in each)
    often = [sum(told[stem] for stem in each) / len(each) / count**0.5 if each else 0.0 for each in stems]
    change = wording[:, CHANGE_COLUMN]
    paragraphs = Counter(line.paragraph for line in lines)
    columns = [
        at == 0,
        at == 1,
        at == 2,
        in_prose == 0,
        in_prose == 1,
        in_prose == 2,
        1 / (1 + at),
        1 / (1 + np.maximum(in_prose, 0)),
        at / max(1, count - 1),
        np.log1p(at) / 5,
        np.log1p(np.maximum(0, count - 1 - at)) / 5,
        np.full(count, np.log(count) / 5),
        np.full(count, prose.mean()),
        [line.opens_paragraph for line in lines],
        _before((~prose).astype(float)),
        [min(paragraphs[line.paragraph], 8) / 8 for line in lines],
        central,
        reading.vectors @ reading.lead,
        nearest,
        [len(title & each) / max(1, len(title)) for each in stems],
        [len(title & each) / max(1, len(each)) for each in stems],
        often,
        _rank(central),
        _rank(change),
        _rank(nearest),
        _before(change),
        _after(change),
        _before(central),
        _after(central),
        change - change.mean(),
    ]
    return np.stack([np.asarray(column, dtype=np.float64) for column in columns], axis=1)


def _before(values: Matrix) -> Matrix:
    return np.concatenate([[0.0], values[:-1]])


def _after(values: Matrix) -> Matrix:
    return np.concatenate([values[1:], [0.0]])


def _rank(values: Matrix) -> Matrix:
    """0 for the highest, 1 for the lowest; among equals the first is higher."""
    order = np.argsort(-values, kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(len(values))
    return ranks / max(1, len(values) - 1)


def sentence_vectors(reading: Reading) -> Matrix:
    """What the learned scores use of the vectors: the sentence, its main verb, what it shares with the
    text.

    Shape (n, 3 d); scaled so that one penalty suits them and the other columns.
    """
    verbs = reading.pool([_verb_span(line) for line in reading.lines])
    vectors = reading.vectors
    return np.hstack([3 * vectors, 2 * verbs, 50 * vectors * reading.vector]).astype(np.float64)


def _verb_span(line: Line) -> tuple[int, int]:
    at = main_verb(line.words)
    return (line.start, line.end) if at is None else (line.words[at].start, line.words[at].end)


def text_columns(reading: Reading, traits: Traits) -> Matrix:
    """Describe a whole text: its title, the shares of its sentences, what it speaks of how often."""
    lines, text, title = reading.lines, reading.article.text, reading.article.title
    wording, change = traits.wording, traits.change
    prose = np.flatnonzero(wording[:, 0] > 0)
    counts = np.array([line.count for line in lines])
    small = text.lower()
    per_1000 = 1000 / max(300, len(text))
    strong = np.sort(wording[:, CHANGE_COLUMN])[::-1]
    columns = [
        *_title_columns(title),
        *_means(wording, prose),
        *_means(change, prose),
        *_means(wording, prose[:5]),
        *(len(p.findall(small)) * per_1000 for at, p in enumerate(PATTERNS) if at != CONTRAST),
        np.log(len(lines)) / 5,
        np.log(max(1, counts.sum())) / 8,
        wording[:, 0].mean(),
        counts.mean() / 30,
        (counts < 8).mean(),
        np.mean([bool(BULLET.match(line.text)) for line in lines]),
        len({line.paragraph for line in lines}) / len(lines),
        (text.count('"') + text.count("“")) * per_1000,
        text.count("!") * per_1000,
        text.count("?") * per_1000,
        len(SPEECH.findall(text)) * per_1000,
        wording[:, 6].mean(),
        wording[:, 41].mean(),
        strong[0],
        strong[:3].mean(),
        strong[:6].mean(),
        strong.mean(),
    ]
    return np.array(columns, dtype=np.float64)


def _title_columns(title: str) -> list[float]:
    months, _, _, _, trade, news, findings, comparison, _, _, recent, new, *_ = (
        bool(pattern.search(title.lower())) for pattern in PATTERNS
    )
    del months
    columns = [
        bool(ASKS.search(title)),
        len(LISTS.findall(title)) / 3,
        "?" in title,
        bool(re.match(r"\d", title)),
        bool(re.search(r"\b(?:your|you)\b", title, re.IGNORECASE)),
        len(title.split()) / 15,
        news,
        trade,
        recent,
        findings,
        comparison,
        ":" in title,
        new,
    ]
    return [float(value) for value in columns]


def _means(columns: Matrix, rows: Sequence[int] | np.ndarray) -> list[float]:
    return [float(each) for each in columns[rows].mean(axis=0)] if len(rows) else [0.0] * columns.shape[1]
