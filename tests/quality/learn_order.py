"""How well stories are ordered by what was learned from verdicts, beside the order they have without.

    python -m tests.quality.learn_order DATA [--set pages] [--tables OUT]

Verdicts are made from readers' tables: a page of DATA/signals/gold.jsonl is good if readers gave it rows.
Each fold of folds.tsv is an issue: it is ordered by what was learned from the verdicts on the four others,
and by `worth_of` alone. What is known of a page's rows is in order_tables.csv, made out of fold too, because
the shipped weights have learned from these very pages; `--tables` makes the file anew from what
`python -m tests.quality.train_signals DATA --out OUT` wrote. Ten random orders are given beside, for scale.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from digest.issues.verdict_order import Judged, Ranked, learn
from digest.issues.worth import STRENGTHS, UNKNOWN_NOVELTY
from tests.quality.training import json_lines, options, say

TABLES = Path(__file__).with_name("order_tables.csv")
ORDERS = 10


@dataclass(frozen=True)
class Gain:
    """nDCG of an issue, in three orders."""

    issue: int
    stories: int
    good: int
    learned: float
    without: float
    by_chance: float


def main() -> None:
    """Measure, and make the tables anew if asked."""
    parser = options(__doc__)
    parser.add_argument("--set", default="pages", help="of the gold tables: pages (default) or all")
    parser.add_argument("--tables", type=Path, help="what train_signals wrote with --out")
    parser.add_argument("--begin", type=int, default=0, help="read so many characters of a text alone")
    asked = parser.parse_args()
    if asked.tables:
        keep_tables(asked.data, asked.tables)
    judged = verdicts(asked.data, begin=asked.begin, only=asked.set)
    for cut in (None, 10):
        gains = measure(judged, cut=cut)
        say(f"nDCG{f'@{cut}' if cut else ''}   learned  without  by chance")
        for each in gains:
            name = f"issue {each.issue}, {each.good} of {each.stories} good"
            say(f"{name:28} {each.learned:.3f}    {each.without:.3f}    {each.by_chance:.3f}")
        means = np.mean([(each.learned, each.without, each.by_chance) for each in gains], axis=0)
        say("{:28} {:.3f}    {:.3f}    {:.3f}".format("mean", *means))


def keep_tables(data: Path, made: Path) -> None:
    """Keep of the tables made out of fold what stories are judged by."""
    gold = {row["id"] for row in json_lines(data / "signals/gold.jsonl")}
    with TABLES.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("id", "rows", "strengths", "kinds"))
        for line in made.read_text(encoding="utf-8").splitlines():
            answer = json.loads(line)
            if answer["id"] in gold:
                rows = answer["signals"]
                strengths, kinds = ([row[name] for row in rows] for name in ("claim_strength", "kind"))
                writer.writerow((answer["id"], len(rows), " ".join(strengths), " ".join(kinds)))


def verdicts(data: Path, *, begin: int = 0, only: str = "pages") -> dict[int, list[Judged]]:
    """Give the verdicts on each issue, in the order of the data.

    Args:
        data: The folder of the development data.
        begin: Characters of a text that are embedded; 0 for all.
        only: The set of the gold tables, or `all`.
    """
    folder = data / "signals"
    gold = {row["id"]: row for row in json_lines(folder / "gold.jsonl") if only in (row["set"], "all")}
    folds = dict(line.split("\t") for line in (folder / "folds.tsv").read_text().splitlines() if line)
    with TABLES.open(encoding="utf-8") as file:
        tables = {row["id"]: row for row in csv.DictReader(file)}
    articles = [each for each in json_lines(folder / "articles.jsonl") if each["id"] in gold]
    vectors = SentenceTransformerEmbedder().encode([each["text"][: begin or None] for each in articles])
    found: dict[int, list[Judged]] = {}
    for article, vector in zip(articles, vectors, strict=True):
        row = gold[article["id"]]
        story = _story(article, tables[article["id"]], vector, row)
        found.setdefault(int(folds[article["id"]]), []).append(Judged(story, bool(row["signals"])))
    return dict(sorted(found.items()))


def _story(
    article: Mapping[str, Any], table: Mapping[str, str], vector: Any, gold: Mapping[str, Any]
) -> Ranked:
    strengths = [STRENGTHS[each] for each in table["strengths"].split()]  # type: ignore[index]
    strongest = max(strengths, default=0.0)
    # As `worth_of` has it, for rows of one publisher that were held against no archive.
    worth = round(1000 * (strengths[0] if strengths else 0) * (1 + UNKNOWN_NOVELTY))
    words = len(article["text"].split())
    kinds = frozenset(table["kinds"].split())
    return Ranked(
        article["id"], vector, int(table["rows"]), strongest, kinds, worth, 1, words,
        tuple(gold["keywords"]), tuple(gold["themes"]),
    )  # fmt: skip


def measure(issues: Mapping[int, Sequence[Judged]], *, cut: int | None = None) -> list[Gain]:
    """Order each issue by what the others teach, and without; nDCG of both, and of random orders."""
    gains = []
    for issue, stories in issues.items():
        learned = learn([each for other, judged in issues.items() if other != issue for each in judged])
        if learned is None:
            raise ValueError(f"issue {issue}: too few verdicts in the others")
        places = learned.places([each.story for each in stories])
        by_learned = sorted(range(len(stories)), key=lambda at: -places[at].score)
        by_worth = sorted(
            range(len(stories)), key=lambda at: (not stories[at].story.rows, -stories[at].story.worth)
        )
        goods = [each.is_good for each in stories]
        chance = [
            ndcg([goods[at] for at in np.random.default_rng(seed).permutation(len(goods))], cut)
            for seed in range(ORDERS)
        ]
        gains.append(
            Gain(
                issue,
                len(stories),
                sum(goods),
                ndcg([goods[at] for at in by_learned], cut),
                ndcg([goods[at] for at in by_worth], cut),
                float(np.mean(chance)),
            )
        )
    return gains


def ndcg(goods: Sequence[bool], cut: int | None = None) -> float:
    """Give nDCG of an order in which stories are good or not, 0 to 1; 1 where none is good."""
    discounts = 1 / np.log2(np.arange(2, len(goods) + 2))[:cut]
    best = discounts[: sum(goods)].sum()
    return float((discounts * np.array(goods[:cut], dtype=float)).sum() / best) if best else 1.0


if __name__ == "__main__":
    main()
