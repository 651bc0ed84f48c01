"""Learn from readers' themes what makes a label an article's: the numbers of digest/analysis/themes.py.

    python -m tests.quality.learn_themes DATA [--keep FOLDER]

Prints the figures of themes given out of fold, and the weights learned from all, to be put in there.
--keep holds the articles' token vectors between runs, for embedding them takes most of the time.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.analysis import Library, make_library
from digest.analysis.learned import Matrix
from digest.analysis.reading import Reading, read
from digest.analysis.themes import HOW_MANY, ThemeWeights, choose_themes, likelihoods, likenesses
from digest.articles.given import article_of_text
from digest.cli.machinery import encode_known
from digest.records import ThemeLabel, Vectors
from digest.workspace.prompt_files import load_themes
from tests.quality.reader_tables import tokens_of
from tests.quality.training import json_lines, options, say

FOLDS = range(5)
PENALTY = 0.1
LEAST = np.arange(-4, 0.01, 0.25)
"""Log odds tried as the least of a second and third label."""
Columns = Sequence[Matrix]


@dataclass(frozen=True)
class Themed:
    """An article with the themes that a reader gave."""

    id: str
    set: str
    fold: int
    reading: Reading
    themes: tuple[str, ...]
    """As the reader gave them, the main one first."""

    def targets(self, library: Library) -> Matrix:
        """Shape (labels,): 1 for those the reader gave."""
        return np.array([float(label.theme in self.themes) for label in library.themes])

    def f1(self, given: Sequence[str]) -> float:
        """How far given themes are the reader's."""
        return 2 * len(set(self.themes) & set(given)) / (len(self.themes) + len(given))


def load_themed(data: Path, keep: Path | None) -> list[Themed]:
    """Read the articles whose themes a reader gave."""
    folder = data / "signals"
    gold = {row["id"]: row for row in json_lines(folder / "gold.jsonl") if row.get("themes")}
    folds = dict(line.split("\t") for line in (folder / "folds.tsv").read_text().splitlines() if line)
    embedder = SentenceTransformerEmbedder()
    found = []
    for row in json_lines(folder / "articles.jsonl"):
        if row["id"] in gold:
            article = article_of_text(
                id=row["id"], url=f"id:{row['id']}", title=row["title"], text=row["text"]
            )
            reading = read(article, tokens_of(row, embedder, keep))
            themes = tuple(gold[row["id"]]["themes"])
            found.append(Themed(row["id"], row["set"], int(folds[row["id"]]), reading, themes))
    return found


class ThemeLearner:
    """Learns from articles, with any folds and labels left out."""

    def __init__(self, articles: Sequence[Themed], library: Library) -> None:
        self.articles = articles
        self.library = library
        self.columns = columns_of(articles, library)
        self._targets = [each.targets(library) for each in articles]

    def weights(self, left_out: Collection[int] = (), labels: Collection[int] = ()) -> ThemeWeights:
        """Learn from all but some folds, and as if some labels, by place, were not in the vocabulary."""
        used = [at for at, each in enumerate(self.articles) if each.fold not in left_out]
        kept = np.array([at not in labels for at in range(len(self.library.themes))])
        columns = np.concatenate([self.columns[at][kept] for at in used])
        targets = np.concatenate([self._targets[at][kept] for at in used])
        middle, spread = columns.mean(axis=0), columns.std(axis=0) + 1e-6
        model = LogisticRegression(C=PENALTY, max_iter=300).fit((columns - middle) / spread, targets)
        counts = model.coef_[0] / spread
        constant = float(model.intercept_[0] - counts @ middle)
        learned = ThemeWeights((*(round(float(each), 4) for each in counts), round(constant, 4)), 0.0)
        return replace(learned, least_other=self._least(learned, used))

    def _least(self, learned: ThemeWeights, used: Sequence[int]) -> float:
        """Where themes agree best with the readers' of the articles learned from; pages and news count
        alike, for a week has more news than they have."""
        scores = {at: likelihoods(self.columns[at], learned) for at in used}
        names = [label.theme for label in self.library.themes]

        def agreement(least: float) -> float:
            means = []
            for kind in ("pages", "news"):
                own = [at for at in used if self.articles[at].set == kind]
                f1 = [self.articles[at].f1(_given(scores[at], names, least)) for at in own]
                means.append(float(np.mean(f1)) if f1 else 0.0)
            return sum(means)

        return float(max(LEAST, key=agreement))

    def out_of_fold(self) -> list[list[str]]:
        """Give each article its themes by what was learned from the four folds it is not in."""
        weights = {fold: self.weights([fold]) for fold in FOLDS}
        return [
            [theme.theme for theme in choose_themes(each.reading, self.library, weights[each.fold])[0]]
            for each in self.articles
        ]


def columns_of(articles: Sequence[Themed], library: Library) -> list[Matrix]:
    """Give the likenesses of all labels to each article."""
    return [likenesses(each.reading, library) for each in articles]


def _given(scores: Matrix, names: Sequence[str], least: float) -> list[str]:
    first, *others = np.argsort(-scores, kind="stable")[:HOW_MANY]
    return [names[first], *(names[at] for at in others if scores[at] >= least)]


def added_labels(
    learner: ThemeLearner, encode: Callable[[list[str]], Vectors]
) -> tuple[list[bool], list[bool]]:
    """Take a fifth of the labels out of learning and put them back with a description alone, five times.

    Returns:
        For each of those labels that a reader gave: whether it is among the three likeliest of its article,
        which nothing was learned from either; and whether it is with all its wordings.
    """
    bare, whole = [], []
    count = len(learner.library.themes)
    for part in FOLDS:
        added = range(part, count, len(FOLDS))
        labels = [replace(label, examples=()) if at in added else label
                  for at, label in enumerate(learner.library.themes)]  # fmt: skip
        columns = columns_of(learner.articles, make_library(labels, (), encode=encode, version=""))
        weights = {fold: learner.weights([fold], added) for fold in FOLDS}
        for at, each in enumerate(learner.articles):
            for label in (label for label in added if labels[label].theme in each.themes):
                bare.append(_is_among(columns[at], label, weights[each.fold]))
                whole.append(_is_among(learner.columns[at], label, weights[each.fold]))
    return bare, whole


def _is_among(columns: Matrix, label: int, weights: ThemeWeights) -> bool:
    scores = likelihoods(columns, weights)
    return int((scores > scores[label]).sum()) < HOW_MANY


def packaged_vocabulary(labels: Sequence[ThemeLabel]) -> Library:
    """Embed a vocabulary without patterns; what the package has vectors of is taken from there."""
    embedder = SentenceTransformerEmbedder()
    return make_library(
        labels, (), encode=lambda texts: np.asarray(encode_known(texts, embedder, None)), version=""
    )


def main() -> None:
    """Learn, answer out of fold, print."""
    parser = options(__doc__)
    parser.add_argument("--keep", type=Path, help="folder for token vectors")
    asked = parser.parse_args()
    articles = load_themed(asked.data, asked.keep)
    learner = ThemeLearner(articles, packaged_vocabulary(load_themes(Path())))
    given = learner.out_of_fold()
    for kind in ("pages", "news"):
        own = [(each, themes) for each, themes in zip(articles, given, strict=True) if each.set == kind]
        first = np.mean([bool(themes) and themes[0] in each.themes for each, themes in own])
        f1 = np.mean([each.f1(themes) for each, themes in own])
        say(f"{kind}: {len(own)} articles, first theme right {first:.3f}, F1 {f1:.3f}")
    say(str(learner.weights()))


if __name__ == "__main__":
    main()
