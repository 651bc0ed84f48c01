"""How well the checks do: on labelled claims, on summaries put to another article, and on corruptions."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digest.checks import check
from digest.checks.claim_reading import read
from digest.language.background import rarity
from digest.records import Analysis, Article
from tests.quality.evaluation.corruptions import KINDS, Corruption, Pair, corruptions

CORRUPTIONS = 2_000
LEAD_SENTENCES = 4

REPEATING = ("summedits_qmsumm", "summedits_sales_call")
"""Sets of which a document may well support another's summary: parts of one meeting, calls that go the same
way."""

Scores = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Row:
    """A labelled claim."""

    id: str
    claim: str
    document: str
    label: int
    """1 if the document supports the claim."""
    seed: str = ""
    """The summary it was made from."""


@dataclass(frozen=True)
class LabelledFigures:
    """Figures on the SummEdits sets, with the one threshold of the check."""

    balanced_accuracy: Mapping[str, float]
    """By set."""
    flagged: Mapping[str, float]
    """By set: share of supported claims said to be unsupported."""
    mean: float
    """Mean balanced accuracy of the sets."""
    floor: float
    """The least of them."""
    flagged_overall: float
    calibration_error: float
    """Of the score, 10 bins."""
    novel_words: float
    """Mean balanced accuracy of a baseline: supported if no word is new, stop words aside."""
    numbers: float
    """The same of: supported if every number stands in the document."""


@dataclass(frozen=True)
class CheckFigures:
    """All figures of the checks."""

    summedits: LabelledFigures
    scifact: float
    """Balanced accuracy on SciFact claims, for information: they need reasoning."""
    crossed: float
    """Share caught of the analyzer's summaries put to another article of the same theme."""
    strayed: Mapping[str, float]
    """By kind of claim: share caught of claims put to the text nearest in words, or to another of their
    set."""
    strayed_overall: float
    caught: Mapping[str, float]
    """By kind of corruption: share caught."""
    caught_overall: float
    untouched_flagged: float
    """Share of the claims the corruptions were made of that are flagged as they are."""
    verbatim_flagged: float
    """Share of the pages' own sentences that are flagged."""


def evaluate_checks(
    data: Path, analyses: Sequence[tuple[Article, Analysis]], *, count: int = CORRUPTIONS, seed: int = 0
) -> CheckFigures:
    """Compute all figures.

    Args:
        data: The folder of development data, or one of the same layout.
        analyses: Articles with their analyses, whose summaries are crossed.
        count: How many corruptions.
        seed: Of the corruptions.
    """
    strayed = {kind: _caught(pairs) for kind, pairs in strayed_pairs(data).items()}
    pairs = paraphrases(data)
    made = corruptions(pairs, count=count, seed=seed)
    caught = np.array([not check(each.claim, each.pair.document).supported for each in made])
    used = list(dict.fromkeys(each.pair for each in made))
    scifact = load_rows(data, "scifact_verif")
    return CheckFigures(
        summedits=evaluate_summedits(data),
        scifact=_balanced(scifact, np.array([check(row.claim, row.document).supported for row in scifact])),
        crossed=_share(_caught(crossed_pairs(analyses))),
        strayed={kind: _share(flags) for kind, flags in strayed.items()},
        strayed_overall=_share(np.concatenate(list(strayed.values()))),
        caught=_by_kind(made, caught),
        caught_overall=_share(caught),
        untouched_flagged=_share(_caught(used)),
        verbatim_flagged=_share(_caught(list(verbatim_pairs(data)))),
    )


def evaluate_summedits(data: Path) -> LabelledFigures:
    """Compute the figures on the labelled claims, with the baselines beside them."""
    sets = {name: load_rows(data, name) for name in summedits_sets(data)}
    names = np.array([name for name, rows in sets.items() for _ in rows])
    rows = [row for each in sets.values() for row in each]
    labels = np.array([row.label == 1 for row in rows])
    checks = [check(row.claim, row.document) for row in rows]
    verdicts = np.array([each.supported for each in checks])
    by_set = balanced_accuracies(names, labels, verdicts)
    return LabelledFigures(
        balanced_accuracy=by_set,
        flagged={name: _share(~verdicts[labels & (names == name)]) for name in sets},
        mean=float(np.mean(list(by_set.values()))),
        floor=min(by_set.values()),
        flagged_overall=_share(~verdicts[labels]),
        calibration_error=calibration_error(np.array([each.score for each in checks]), labels.astype(float)),
        novel_words=_baseline(names, labels, rows, _has_no_new_word),
        numbers=_baseline(names, labels, rows, _has_every_number),
    )


# -- data ----------------------------------------------------------------------------------------------------


def summedits_sets(data: Path) -> list[str]:
    """Name the SummEdits sets that are there, sorted."""
    return sorted(path.stem for path in (data / "faithfulness").glob("summedits_*.jsonl"))


def load_rows(data: Path, name: str) -> list[Row]:
    """Read a set of labelled claims."""
    return [
        Row(str(each["id"]), each["claim"], each["doc"], int(each["label"]), each.get("seed_summary", ""))
        for each in _lines(data / "faithfulness" / f"{name}.jsonl")
    ]


def paraphrases(data: Path) -> list[Pair]:
    """Claims that say what their source says in other words: supported SummEdits claims, summaries of
    entries."""
    pairs = [
        Pair(row.id, row.claim, row.document)
        for name in summedits_sets(data)
        for row in load_rows(data, name)
        if row.label
    ]
    for entry in _entries(data):
        summary = read(entry.claim)
        pairs += [
            Pair(f"{entry.id}:{start}", summary.quote(start, end - 1)[0], entry.document)
            for start, end in summary.spans
        ]
    return pairs


def crossed_pairs(analyses: Sequence[tuple[Article, Analysis]]) -> list[Pair]:
    """The summary of each article with every other article whose first theme is the same."""
    summaries = [
        (article, analysis.themes[0].theme, " ".join(sentence.text for sentence in analysis.summary))
        for article, analysis in analyses
        if analysis.themes and analysis.summary
    ]
    return [
        Pair(one.id, summary, other.text)
        for one, theme, summary in summaries
        for other, its_theme, _ in summaries
        if theme == its_theme and one.text_hash != other.text_hash
    ]


def strayed_pairs(data: Path) -> dict[str, list[Pair]]:
    """Claims put to a text they do not belong to, by kind.

    Summaries of entries with the article of every other entry, leads of pages with the page nearest in words,
    seed summaries of SummEdits with the next document of their set (sets whose documents repeat each other
    left out).
    """
    entries = _entries(data)
    independent = [name for name in summedits_sets(data) if name not in REPEATING]
    return {
        "entries": [
            Pair(one.id, one.claim, other.document)
            for one in entries
            for other in entries
            if one.id != other.id
        ],
        "leads": _strayed_leads(_lines(data / "pages" / "articles.jsonl")),
        "summedits": [pair for name in independent for pair in _strayed_seeds(load_rows(data, name))],
    }


def verbatim_pairs(data: Path) -> Iterator[Pair]:
    """Every sentence of the pages with its page."""
    for page in _lines(data / "pages" / "articles.jsonl"):
        text = read(page["text"])
        for start, end in text.spans:
            yield Pair(page["id"], text.quote(start, end - 1)[0], page["text"])


def _entries(data: Path) -> list[Pair]:
    found = []
    for path in sorted((data / "entries").glob("*.json")):
        entry = json.loads(path.read_text(encoding="utf-8"))
        if entry.get("article_text"):
            found.append(Pair(path.stem, entry["summary"], entry["article_text"]))
    return found


def _strayed_leads(pages: Sequence[Mapping[str, str]]) -> list[Pair]:
    texts = [page["text"] for page in pages]
    bags = [_bag(text) for text in texts]
    pairs = []
    for at, page in enumerate(pages):
        lead = read(texts[at])
        if len(lead.spans) < LEAD_SENTENCES:
            continue
        nearest = max(
            (other for other in range(len(pages)) if other != at),
            key=lambda other: _cosine(bags[at], bags[other]),
        )
        end = lead.spans[LEAD_SENTENCES - 1][1]
        pairs.append(Pair(page["id"], lead.quote(0, end - 1)[0], texts[nearest]))
    return pairs


def _bag(text: str) -> dict[str, float]:
    """A text's roots weighted by rarity, of unit length."""
    reading = read(text)
    counts = Counter(each for each, weight in zip(reading.roots, reading.weights, strict=True) if weight)
    weighted = {each: np.log1p(count) * rarity(each) for each, count in counts.items()}
    norm = float(np.sqrt(sum(value**2 for value in weighted.values()))) or 1.0
    return {each: float(value) / norm for each, value in weighted.items()}


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    small, large = sorted((one, other), key=len)
    return sum(value * large.get(each, 0.0) for each, value in small.items())


def _strayed_seeds(rows: Sequence[Row]) -> list[Pair]:
    documents = list(dict.fromkeys(row.document for row in rows))
    following = dict(zip(documents, [*documents[1:], *documents[:1]], strict=True))
    seeds = dict.fromkeys((row.seed or row.claim, row.document) for row in rows)
    return [
        Pair(seed[:40], seed, following[document])
        for seed, document in seeds
        if following[document] != document
    ]


def _lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


# -- figures -------------------------------------------------------------------------------------------------


def balanced_accuracies(names: NDArray[np.str_], labels: Flags, verdicts: Flags) -> dict[str, float]:
    """Give by set the mean of the shares judged rightly among the supported and among the others."""
    return {
        str(name): (_share(verdicts[(names == name) & labels]) + _share(~verdicts[(names == name) & ~labels]))
        / 2
        for name in np.unique(names)
    }


def calibration_error(scores: Scores, labels: Scores, *, bins: int = 10) -> float:
    """Expected calibration error: mean gap between score and share supported, over equally wide bins, by
    size."""
    place = np.minimum((scores * bins).astype(int), bins - 1)
    return float(
        sum(
            (place == each).mean() * abs(scores[place == each].mean() - labels[place == each].mean())
            for each in range(bins)
            if (place == each).any()
        )
    )


def _balanced(rows: Sequence[Row], verdicts: Flags) -> float:
    return balanced_accuracies(
        np.array([""] * len(rows)), np.array([row.label == 1 for row in rows]), verdicts
    )[""]


def _baseline(
    names: NDArray[np.str_], labels: Flags, rows: Sequence[Row], judge: Callable[[Row], bool]
) -> float:
    verdicts = np.array([judge(row) for row in rows])
    return float(np.mean(list(balanced_accuracies(names, labels, verdicts).values())))


def _has_no_new_word(row: Row) -> bool:
    claim, document = read(row.claim), read(row.document)
    return all(
        each in document.positions for each, weight in zip(claim.roots, claim.weights, strict=True) if weight
    )


def _has_every_number(row: Row) -> bool:
    there = set(re.findall(r"\d+", row.document))
    return all(number in there for number in re.findall(r"\d+", row.claim))


def _caught(pairs: Sequence[Pair]) -> Flags:
    return np.array([not check(pair.claim, pair.document).supported for pair in pairs], dtype=bool)


def _by_kind(made: Sequence[Corruption], caught: Flags) -> dict[str, float]:
    kinds = np.array([each.kind for each in made])
    return {kind: _share(caught[kinds == kind]) for kind in KINDS if (kinds == kind).any()}


def _share(flags: Flags) -> float:
    return float(flags.mean()) if len(flags) else 0.0
