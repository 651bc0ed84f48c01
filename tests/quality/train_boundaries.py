"""Learn where clauses may start and end from parsed sentences: data/boundaries.npz.

    python -m tests.quality.train_boundaries DATA PARSES [--write]

PARSES is the file that parses.py keeps parses in. Learns from sentences of pages, entries and news texts.
A finite verb's clause starts at the first word of its subject; it may end after a word where every word kept
depends on one kept, and what is left out depends on the kept words as an adjunct, a conjunct of a verb, an
apposition or a clause set off by a comma. Prints figures for a quarter of the texts that nothing was learned
from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.analysis.boundaries import (
    DISTANCES,
    NEXT_WORDS,
    NO_WORD,
    BoundaryWeights,
    distance,
    tag_numbers,
    word_vectors,
)
from digest.analysis.clause_starts import BEFORE_CLAUSE
from digest.analysis.cues import REPORTING, lemmas
from digest.analysis.learned import Matrix, model_name, rounded
from digest.analysis.reading import Reading, read
from digest.articles.given import article_of_text
from digest.language.words import Word
from digest.records import TokenVectors
from tests.quality.parses import Parse, parsed
from tests.quality.training import development_texts, finish, options, say

NEWS_TEXTS = 150
MAX_WORDS, REACH = 45, 14
# Sentences of one article, drawn at random, so that no long one outweighs the others.
MAX_LINES = 45
PENALTY = 1.0
# Parts of the other answers that are looked at: there are many of them.
KEPT_STARTS, KEPT_ENDS = 0.5, 0.6
COUNT = NO_WORD + 1
FINITE = {"VBZ", "VBD", "VBP", "MD"}
SUBJECTS = {"nsubj", "nsubjpass", "expl", "csubj", "csubjpass"}
FREE = {"punct", "cc", "advcl", "appos", "parataxis", "npadvmod", "intj", "meta", "dep", "agent"}
COMPLEMENTS = {"dobj", "attr", "acomp", "prep", "oprd", "xcomp", "ccomp", "npadvmod", "advmod", "prt"}
Columns = NDArray[np.float32]


class Clauses:
    """The clauses of a parsed text; tokens by their place, or by a character's (`at`)."""

    def __init__(self, text: str, tokens: Parse) -> None:
        self.text, self.tokens = text, tokens
        self.heads = [n + token.step for n, token in enumerate(tokens)]
        self.at = {place: n for n, token in enumerate(tokens) for place in range(token.start, token.end)}

    @cached_property
    def children(self) -> list[list[int]]:
        """Dependents of each token."""
        below: list[list[int]] = [[] for _ in self.tokens]
        for n, head in enumerate(self.heads):
            if head != n:
                below[head].append(n)
        return below

    def subtree(self, root: int) -> list[int]:
        """Give a token and all that depends on it, in order."""
        found, todo = {root}, [root]
        while todo:
            new = [n for n in self.children[todo.pop()] if n not in found]
            found.update(new)
            todo += new
        return sorted(found)

    def clause(self, verb: int) -> tuple[int, int] | None:
        """Give the head of a finite verb's clause and the first token of its subject."""
        token = self.tokens[verb]
        if token.tag not in FINITE:
            return None
        head = self.heads[verb] if token.relation in ("aux", "auxpass") else verb
        subjects = [n for n in self.children[head] if self.tokens[n].relation in SUBJECTS and n < head]
        if not subjects:
            return None
        whole = self.subtree(subjects[0])
        return (head, whole[0]) if len(whole) == whole[-1] - whole[0] + 1 else None

    def may_end(self, head: int, first: int, last: int) -> bool:
        """Say whether tokens `first` to `last` are a clause that lacks nothing it needs."""
        if self.tokens[last].relation in ("cc", "punct", "mark", "det", "aux", "case", "prep"):
            return False
        for n in range(first, last + 1):
            if n != head and not first <= self.heads[n] <= last:
                return False
            for child in self.children[n]:
                if child < first and n == head:
                    continue
                if child < first or (child > last and not self._is_free(child, n, first, last)):
                    return False
        return True

    def _is_free(self, child: int, n: int, first: int, last: int) -> bool:
        """Whether a dependent of a kept token may be left out."""
        token, parent = self.tokens[child], self.tokens[n]
        opens = self.subtree(child)[0]
        is_set_off = opens > 0 and self.text[self.tokens[opens - 1].start] in ",:;—–(-"
        is_verb = parent.part in ("VERB", "AUX")
        if token.relation in FREE or self._is_example(child):
            return True
        if token.relation in ("relcl", "acl") and self._is_indefinite(n):
            return True
        if token.relation == "prep":
            kept = [k for k in self.children[n] if n < k <= last]
            is_filled = any(self.tokens[k].relation in COMPLEMENTS for k in kept) or (
                parent.tag == "VBN" and any(self.tokens[k].relation == "auxpass" for k in self.children[n])
            )
            return is_filled if is_verb else is_set_off
        if token.relation == "conj":
            return is_verb or (is_set_off and token.part in ("VERB", "AUX"))
        return token.relation in ("relcl", "acl", "advmod") and is_set_off

    def _is_example(self, n: int) -> bool:
        """Whether a token opens examples: "such as", "like", "including"."""
        words = {self._word(k) for k in (n, *self.children[n])}
        return self._word(n) in ("like", "including") or words >= {"such", "as"}

    def _is_indefinite(self, n: int) -> bool:
        """Whether a noun is an object with "a": what follows tells more of it, and not which one it is."""
        is_object = self.tokens[n].relation in ("dobj", "pobj")
        return is_object and any(self._word(k) in ("a", "an") for k in self.children[n])

    def _word(self, n: int) -> str:
        return self.text[self.tokens[n].start : self.tokens[n].end].lower()


@dataclass
class Examples:
    """Places and whether they are boundaries."""

    vectors: list[Columns]
    columns: list[Columns]
    answers: list[bool]
    groups: list[str]

    def add(self, vectors: Columns, columns: Columns, answer: bool, group: str) -> None:
        """Add a place."""
        self.vectors.append(vectors)
        self.columns.append(columns)
        self.answers.append(answer)
        self.groups.append(group)


def collect(
    reading: Reading, clauses: Clauses, starts: Examples, ends: Examples, random: np.random.Generator
) -> None:
    """Add the places of an article's sentences."""
    lines = [line for line in reading.prose if line.count <= MAX_WORDS]
    for line in [lines[at] for at in sorted(random.permutation(len(lines))[:MAX_LINES])]:
        first = [clauses.at.get(word.start, -1) for word in line.words]
        last = [clauses.at.get(word.end - 1, -1) for word in line.words]
        if -1 in first or -1 in last:
            continue
        vectors = word_vectors(reading, line.words).astype(np.float32)
        word_of = {n: at for at in range(len(first)) for n in range(first[at], last[at] + 1)}
        for verb, word in enumerate(line.words):
            if word.tag not in ("V", "X", "M") or (verb and line.words[verb - 1].tag in ("X", "M")):
                continue
            found = clauses.clause(first[verb])
            gold = word_of.get(found[1]) if found else None
            for at in start_places(line.words, verb):
                if at == gold or random.random() < KEPT_STARTS:
                    before = vectors[at - 1] if at else np.zeros_like(vectors[0])
                    triple = np.concatenate([vectors[at], before, vectors[verb]])
                    starts.add(triple, start_columns(line.words, at, verb), at == gold, reading.article.id)
            if found is None or gold is None:
                continue
            for at in range(verb + 1, min(len(line.words), verb + REACH)):
                if line.words[at].tag == ".":
                    continue
                answer = clauses.may_end(found[0], found[1], last[at])
                if answer or random.random() < KEPT_ENDS:
                    after = vectors[at + 1] if at + 1 < len(line.words) else np.zeros_like(vectors[0])
                    triple = np.concatenate([vectors[at], after, vectors[verb]])
                    ends.add(triple, end_columns(line.words, verb, at), answer, reading.article.id)


def start_places(words: Sequence[Word], verb: int) -> Iterator[int]:
    """Give the places where a clause could start: at the front, after a mark, a joint or a reporting verb."""
    for at in range(max(0, verb - 25), verb):
        before = words[at - 1].lower if at else ""
        if words[at].tag != "." and (
            not at or before in BEFORE_CLAUSE or lemmas().get(before, "") in REPORTING
        ):
            yield at


def start_columns(words: Sequence[Word], at: int, verb: int) -> Columns:
    """Describe a start as boundaries.Boundaries.start does."""
    tags = tag_numbers(words)
    pairs = np.zeros((2, COUNT, COUNT), dtype=np.float32)
    pairs[0, tags[at], tags[at - 1] if at else NO_WORD] = 1
    pairs[1, tags[at], tags[verb]] = 1
    rest = np.zeros(DISTANCES, dtype=np.float32)
    rest[distance(at, verb)] = 1
    return np.concatenate([pairs.ravel(), rest])


def end_columns(words: Sequence[Word], verb: int, at: int) -> Columns:
    """Describe an end as boundaries.Boundaries.end does; `at` is the last word kept."""
    tags = tag_numbers(words)
    after = at + 1 if at + 1 < len(words) else None
    pairs = np.zeros((2, COUNT, COUNT), dtype=np.float32)
    pairs[0, tags[at], NO_WORD if after is None else tags[after]] = 1
    pairs[1, tags[at], tags[verb]] = 1
    rest = np.zeros(len(NEXT_WORDS) + DISTANCES, dtype=np.float32)
    if after is not None and words[after].lower in NEXT_WORDS:
        rest[NEXT_WORDS[words[after].lower]] = 1
    rest[len(NEXT_WORDS) + distance(verb, at)] = 1
    return np.concatenate([pairs.ravel(), rest])


def learn(examples: Examples, name: str) -> dict[str, Matrix]:
    """Print held-out figures and give the weights learned from all."""
    features = np.hstack([np.array(examples.vectors), np.array(examples.columns)])
    answers, groups = np.array(examples.answers), np.array(examples.groups)
    kept_aside = np.isin(groups, np.unique(groups)[::4])
    model = LogisticRegression(C=PENALTY, max_iter=200).fit(features[~kept_aside], answers[~kept_aside])
    chances = model.predict_proba(features[kept_aside])[:, 1]
    truth = answers[kept_aside]
    shares = []
    for floor in (0.5, 0.8):
        taken = chances >= floor
        shares.append(f"from {floor}: {truth[taken].mean():.3f} right, {taken[truth].mean():.3f} found")
    area = roc_auc_score(truth, chances)
    say(f"{name}: {len(answers)} places, area {area:.4f}; {'; '.join(shares)}")
    model = LogisticRegression(C=PENALTY, max_iter=200).fit(features, answers)
    weights, width = model.coef_[0], len(examples.vectors[0]) // 3
    tags = 2 * COUNT * COUNT
    return {
        f"{name}_vectors": rounded(weights[: 3 * width].reshape(3, width).T),
        f"{name}_tags": rounded(weights[3 * width : 3 * width + tags].reshape(2, COUNT, COUNT)),
        f"{name}_rest": rounded(np.append(weights[3 * width + tags :], model.intercept_)),
    }


def train(
    texts: Sequence[tuple[str, str]], tokens: Sequence[TokenVectors], parses: Sequence[Parse]
) -> BoundaryWeights:
    """Learn from texts, given as ids and texts."""
    random = np.random.default_rng(0)
    starts, ends = Examples([], [], [], []), Examples([], [], [], [])
    for (id, text), vectors, parse in zip(texts, tokens, parses, strict=True):
        article = article_of_text(id=id, url=f"id:{id}", title="", text=text)
        collect(read(article, vectors), Clauses(text, parse), starts, ends, random)
    return BoundaryWeights(model_name(tokens[0].model_id), **learn(starts, "start"), **learn(ends, "end"))


def main() -> None:
    """Embed, parse, learn, write if asked."""
    parser = options(__doc__)
    parser.add_argument("parses", type=Path, help="file of parses; made if it is not there")
    asked = parser.parse_args()
    texts = [(id, text) for (_, id), text in development_texts(asked.data, news=NEWS_TEXTS).items()]
    parses = dict(parsed((text for _, text in texts), asked.parses))
    tokens = SentenceTransformerEmbedder().encode_tokens([text for _, text in texts])
    finish(train(texts, tokens, [parses[text] for _, text in texts]), write=asked.write)


if __name__ == "__main__":
    main()
