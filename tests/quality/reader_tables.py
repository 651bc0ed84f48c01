"""Tables of signals that careful readers wrote, with the articles as the analysis reads them.

DATA/signals has articles.jsonl, gold.jsonl, rows.jsonl, gate.tsv and folds.tsv (reports of one event share
a fold).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.analysis.learned import Matrix
from digest.analysis.reading import Reading, read
from digest.analysis.statements import Statement, make_statement
from digest.analysis.traits import Traits, sentence_vectors, traits_of
from digest.articles.given import article_of_text
from digest.records import TokenVectors
from tests.quality.training import json_lines


def sentences_in(sentences: Sequence[tuple[int, int]], spans: Iterable[tuple[int, int]]) -> frozenset[int]:
    """Give the places of those sentences that some spans of the text lie in."""
    wanted = list(spans)
    return frozenset(
        at
        for at, (start, end) in enumerate(sentences)
        if any(first < end and last > start for first, last in wanted)
    )


@dataclass(frozen=True)
class Example:
    """An article with what readers wrote of it."""

    id: str
    set: str
    fold: int
    is_gold: bool
    reports_change: bool
    second: str
    """yes, doubtful, no of the second reader; empty where nobody asked."""
    sentences: Sequence[tuple[int, int]]
    """As the readers were given them: they are cited by their number in this list, from 1."""
    reading: Reading
    traits: Traits
    vectors: Matrix
    statements: Mapping[int, Statement]
    rows: Sequence[Mapping[str, Any]]
    cited: Sequence[frozenset[int]]
    """For each row, the sentences it cites, as indices of `reading.lines`."""
    also: frozenset[int]
    """Sentences the second reader names."""
    summary: frozenset[int] = frozenset()
    """The sentences of the reader's summary, as places in `sentences`; empty where nobody was asked."""

    def sentences_in(self, spans: Iterable[tuple[int, int]]) -> frozenset[int]:
        """Give the places in `sentences` of those that some spans of the text lie in."""
        return sentences_in(self.sentences, spans)

    @property
    def targets(self) -> Matrix:
        """Shape (n,): 1 for sentences that carry a change."""
        found = np.zeros(len(self.reading.lines))
        found[[at for each in self.cited for at in each]] = 1
        return found


def load(data: Path, keep: Path | None) -> list[Example]:
    """Read the articles and what was written of them."""
    folder = data / "signals"
    gold = {row["id"]: row for row in json_lines(folder / "gold.jsonl")}
    rows = gold | {row["id"]: row for row in json_lines(folder / "rows.jsonl")}
    folds = dict(line.split("\t") for line in (folder / "folds.tsv").read_text().splitlines() if line)
    gate = {
        line.split("\t")[0]: line.split("\t")[1:] for line in (folder / "gate.tsv").read_text().splitlines()
    }
    embedder = SentenceTransformerEmbedder()
    return [
        _example(article, rows[article["id"]], article["id"] in gold, int(folds[article["id"]]),
                 gate.get(article["id"], []), tokens_of(article, embedder, keep))
        for article in json_lines(folder / "articles.jsonl")
    ]  # fmt: skip


def tokens_of(
    article: Mapping[str, Any], embedder: SentenceTransformerEmbedder, keep: Path | None
) -> TokenVectors:
    """Give an article's token vectors, from `keep` where they are there."""
    path = keep / f"{article['id']}.npz" if keep else None
    if path and path.exists():
        with np.load(path) as kept:
            return TokenVectors(
                kept["starts"], kept["ends"], kept["vectors"].astype(np.float32), embedder.model_id
            )
    tokens = embedder.encode_tokens([article["text"]])[0]
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, starts=tokens.starts, ends=tokens.ends, vectors=tokens.vectors.astype(np.float16))
    return tokens


def _example(
    row: Mapping[str, Any],
    table: Mapping[str, Any],
    is_gold: bool,
    fold: int,
    second: Sequence[str],
    tokens: TokenVectors,
) -> Example:  # fmt: skip
    article = article_of_text(id=row["id"], url=f"id:{row['id']}", title=row["title"], text=row["text"])
    reading = read(article, tokens)

    def lines_of(numbers: Sequence[int]) -> frozenset[int]:
        spans = [row["sentences"][number - 1] for number in numbers]
        return frozenset(
            line.index
            for line in reading.lines
            for at in spans
            if line.start < at["end"] and line.end > at["start"]
        )

    made = ((line.index, make_statement(reading, line)) for line in reading.lines)
    return Example(
        id=row["id"],
        set=row["set"],
        fold=fold,
        is_gold=is_gold,
        reports_change=bool(table.get("reports_change", table["signals"])),
        second=second[0] if second else "",
        sentences=[(each["start"], each["end"]) for each in row["sentences"]],
        reading=reading,
        traits=traits_of(reading),
        vectors=sentence_vectors(reading),
        statements={at: statement for at, statement in made if statement is not None},
        rows=table["signals"],
        cited=[lines_of(each["sentences"]) for each in table["signals"]],
        also=lines_of([int(number) for number in second[1].split()]) if len(second) > 1 else frozenset(),
        summary=frozenset(number - 1 for number in table.get("summary", ())),
    )  # fmt: skip
