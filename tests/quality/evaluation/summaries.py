"""Summaries: what is wrong with them, and how they stand against the article's first sentences."""

from collections.abc import Callable, Sequence

import numpy as np

from digest.ports import Embedder
from digest.records import Article, SummarySentence, Vectors
from tests.quality.evaluation import style
from tests.quality.evaluation.figures import Baseline, Figure, Section, faults, mean, share, some
from tests.quality.evaluation.observe import Observed, Progress
from tests.quality.evaluation.table_figures import prose_sentences
from tests.quality.learn_summaries import Summaries, mean_overlap, overlap
from tests.quality.reader_tables import Example

LEAST_WORDS, MOST_WORDS = 60, 150
LEAST_SENTENCES, MOST_SENTENCES = 4, 5
LEAD_WORDS = 5
"""A sentence of fewer words is a heading or a fragment: no lead that a summary could be compared with."""


def measure_summaries(
    observed: Sequence[Observed], examples: Sequence[Example], *, embedder: Embedder, progress: Progress
) -> Section:
    """Judge each summary, and compare the choice of sentences with that of careful readers.

    Sentences are encoded here, each as a text of its own: vectors pooled from the pass the summary was chosen
    by would judge in its own favour.

    Args:
        observed: Articles with their summaries.
        examples: Articles with a reader's choice; those figures are left out where there are none.
        embedder: Of the analysis.
        progress: Told what is done.
    """
    figures = [*_as_readers(examples), *_faults(observed), *_lengths(observed)]
    figures += _against_lead(observed, embedder, progress)
    says = f"{len(observed)} summaries (pages, and entries with their article)"
    return Section("summaries", says, tuple(figures))


def _as_readers(examples: Sequence[Example]) -> list[Figure]:
    """How well the choice meets a reader's, each made by what was learned without its fold."""
    chosen = [each for each in examples if each.summary]
    made = list(Summaries.of(chosen).make(chosen)) if chosen else []
    return [
        Figure(
            f"{kind}_f1",
            f"{kind}: F1 of its sentences and a reader's",
            mean_overlap([each for each in made if each[0].set == kind]),
            at_least=asked,
            baselines=(Baseline("lead-4", _lead_overlap([each for each in chosen if each.set == kind])),),
        )
        for kind, asked in (("pages", 0.3), ("news", 0.65))
        if made
    ]


def _lead_overlap(examples: Sequence[Example]) -> float:
    return mean([overlap(each, prose_sentences(each)[:LEAST_SENTENCES]) for each in examples])


def _faults(observed: Sequence[Observed]) -> list[Figure]:
    def found(judge: Callable[[Article, Sequence[SummarySentence], int], bool]) -> list[str]:
        return [
            each.article.id
            for each in observed
            for place in range(len(each.analysis.summary))
            if judge(each.article, each.analysis.summary, place)
        ]

    nameless = 'sentences with "The company ..." and nobody named before'
    return [
        faults("dangling", "sentences that dangle", found(is_dangling)),
        faults("nameless", nameless, found(_is_nameless)),
        faults("furniture", "sentences that are furniture", found(_is_furniture)),
        faults("question", "sentences that ask", found(_asks)),
        faults("moved", "sentences not verbatim at their offsets", found(_is_moved)),
        faults("disorder", "sentences out of the article's order", found(_is_out_of_order)),
    ]


def is_verbatim(article: Article, sentence: SummarySentence) -> bool:
    """Say whether a summary sentence stands in the article where it says it does."""
    return len(sentence.evidence) == 1 and all(
        article.text[each.start : each.end] == each.quote == _uncut(sentence.text, each.quote)
        for each in sentence.evidence
    )


def _uncut(text: str, quote: str) -> str:
    """The sentence without the capital it got where an opening word was cut."""
    return quote[:1] + text[1:] if text[:1] == quote[:1].upper() else text


def is_dangling(article: Article, summary: Sequence[SummarySentence], place: int) -> bool:
    """Say whether a sentence points at one before it that is not in the summary."""
    if not style.dangles(summary[place].text):
        return False
    return not _follows(article, summary, place)


def _is_nameless(article: Article, summary: Sequence[SummarySentence], place: int) -> bool:
    if not style.needs_a_name(summary[place].text) or _follows(article, summary, place):
        return False
    return not place


def _is_furniture(article: Article, summary: Sequence[SummarySentence], place: int) -> bool:
    return style.is_furniture(summary[place].text)


def _asks(article: Article, summary: Sequence[SummarySentence], place: int) -> bool:
    return "?" in summary[place].text


def _is_moved(article: Article, summary: Sequence[SummarySentence], place: int) -> bool:
    return not is_verbatim(article, summary[place])


def _follows(article: Article, summary: Sequence[SummarySentence], place: int) -> bool:
    """Whether nothing but white space and marks stands between a sentence and the chosen one before it."""
    if not place or not summary[place].evidence or not summary[place - 1].evidence:
        return False
    between = article.text[summary[place - 1].evidence[0].end : summary[place].evidence[0].start]
    return not any(c.isalnum() for c in between)


def _is_out_of_order(article: Article, summary: Sequence[SummarySentence], place: int) -> bool:
    return bool(place) and summary[place].evidence[0].start < summary[place - 1].evidence[0].end


def _lengths(observed: Sequence[Observed]) -> list[Figure]:
    """How many have the right size, of those whose article has enough to choose from."""
    words = {each.article.id: sum(len(s.text.split()) for s in each.analysis.summary) for each in observed}
    counts = {each.article.id: len(each.analysis.summary) for each in observed}
    bad_words = [id for id, count in words.items() if not LEAST_WORDS <= count <= MOST_WORDS]
    bad_counts = [id for id, count in counts.items() if not LEAST_SENTENCES <= count <= MOST_SENTENCES]
    total = len(observed)
    return [
        Figure(
            "right_words",
            f"of {LEAST_WORDS} to {MOST_WORDS} words",
            1 - share(len(bad_words), total),
            "share",
            at_least=0.98,
            note=some(bad_words),
        ),
        Figure(
            "right_sentences",
            f"of {LEAST_SENTENCES} or {MOST_SENTENCES} sentences",
            1 - share(len(bad_counts), total),
            "share",
            at_least=0.98,
            note=some(bad_counts),
        ),
    ]


def _against_lead(observed: Sequence[Observed], embedder: Embedder, progress: Progress) -> list[Figure]:
    alike: list[float] = []
    alike_lead: list[float] = []
    for done, each in enumerate(observed, 1):
        summary = [sentence.text for sentence in each.analysis.summary]
        lead = lead_sentences(each.article, len(summary))
        if len(summary) > 1 and len(lead) == len(summary):
            vectors = embedder.encode([*summary, *lead])
            alike.append(_pairwise(vectors[: len(summary)]))
            alike_lead.append(_pairwise(vectors[len(summary) :]))
        progress("summaries", done, len(observed))
    return [
        Figure(
            "alike",
            "mean pairwise cosine of its sentences",
            mean(alike),
            at_most=mean(alike_lead),
            baselines=(Baseline("lead", mean(alike_lead)),),
        ),
    ]


def lead_sentences(article: Article, count: int) -> list[str]:
    """Give the article's first sentences of LEAD_WORDS words or more."""
    texts = (article.sentence_text(row) for row in range(len(article.sentences)))
    return [text for text in texts if len(text.split()) >= LEAD_WORDS][:count]


def _pairwise(vectors: Vectors) -> float:
    """Mean cosine of the pairs among rows. Shape of `vectors`: (n, d), n > 1, L2-normalised."""
    above = np.triu_indices(len(vectors), 1)
    return float((vectors @ vectors.T)[above].mean())
