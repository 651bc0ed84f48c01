"""Draw what a person is to read of tables made out of fold, and count the verdicts.

    python -m tests.quality.readings draw DATA TABLES > to_read.jsonl     TABLES: train_signals --out
    python -m tests.quality.readings signals DATA TABLES --seed 20261128
    python -m tests.quality.readings count                                signal_verdicts.csv beside this file

Drawn with one seed: filled cells and signals, half of each from news and half from pages; rows that the
readers' tables count as wrong. `signals` draws a hundred signals again with another seed. A reader is given
the row and the article, and says for a cell whether the article says so, of this row; for a signal whether
what was left out changes the claim, and whether it is understood alone; for a wrong row whether it reports
a change all the same. The verdicts hold numbers and words of judgement, no text.
"""

import argparse
import csv
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from digest.records import EMPTY
from tests.quality.evaluation.table_scores import MOST_SENTENCES
from tests.quality.reader_tables import sentences_in
from tests.quality.training import json_lines

VERDICTS = Path(__file__).with_name("signal_verdicts.csv")
SEED = 20261127
CELLS, SIGNALS, WRONG = 50, 100, 60
"""Cells of each kind of text, signals, wrong rows."""
JUDGED = ("change", "horizon_10y", "driving_force")
Item = dict[str, Any]


def draw(data: Path, made: Path) -> Iterator[Item]:
    """Give what is to be read, each with its row and the article's title and text."""
    articles = {row["id"]: row for row in json_lines(data / "signals/articles.jsonl")}
    gold = {row["id"]: row for row in json_lines(data / "signals/gold.jsonl")}
    rows = [
        (table["id"], number, row)
        for table in json_lines(made)
        for number, row in enumerate(table["signals"], 1)
    ]
    chance = random.Random(SEED)
    for kind in ("news", "pages"):
        filled = [
            (article, number, row, cell)
            for article, number, row in rows
            for cell in JUDGED
            if articles[article]["set"] == kind and row[cell] != EMPTY
        ]
        for article, number, row, cell in chance.sample(filled, min(CELLS, len(filled))):
            yield _item("cell", articles[article], number, row, cell=cell)
    for kind in ("news", "pages"):
        own = [each for each in rows if each[0] in gold and articles[each[0]]["set"] == kind]
        for article, number, row in chance.sample(own, min(SIGNALS // 2, len(own))):
            yield _item("signal", articles[article], number, row)
    wrong = [
        each for each in rows if each[0] in gold and not _is_right(articles[each[0]], gold[each[0]], each[2])
    ]
    for article, number, row in chance.sample(wrong, min(WRONG, len(wrong))):
        yield _item("wrong", articles[article], number, row)


def draw_signals(data: Path, made: Path, seed: int) -> Iterator[Item]:
    """Give signals alone, half of each from news and half from pages, drawn with a seed of their own."""
    articles = {row["id"]: row for row in json_lines(data / "signals/articles.jsonl")}
    gold = {row["id"] for row in json_lines(data / "signals/gold.jsonl")}
    chance = random.Random(seed)
    tables = [table for table in json_lines(made) if table["id"] in gold]
    for kind in ("news", "pages"):
        own = [
            (articles[table["id"]], number, row)
            for table in tables
            for number, row in enumerate(table["signals"], 1)
            if articles[table["id"]]["set"] == kind
        ]
        for article, number, row in chance.sample(own, min(SIGNALS // 2, len(own))):
            yield _item("signal", article, number, row)


def _item(what: str, article: Mapping[str, Any], number: int, row: Mapping[str, Any], **more: str) -> Item:
    shown = {name: row[name] for name in ("signal", *JUDGED)}
    quotes = [each["quote"] for each in row["evidence"] if each["field"] in ("signal", more.get("cell"))]
    return {
        "what": what,
        "article": article["id"],
        "row": number,
        **more,
        **shown,
        "quotes": quotes,
        "title": article["title"],
        "text": article["text"],
    }


def _is_right(article: Mapping[str, Any], gold: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    cited = {number - 1 for each in gold["signals"] for number in each["sentences"]}
    sentences = [(each["start"], each["end"]) for each in article["sentences"]]
    spans = [(each["start"], each["end"]) for each in row["evidence"] if each["field"] == "signal"]
    own = sentences_in(sentences, spans)
    return len(own) <= MOST_SENTENCES and bool(own & cited)


def count(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Say how the verdicts fell, by what was asked."""
    asked: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        asked[row["asked"]][row["verdict"]] += 1
    return [
        f"{name}: {', '.join(f'{verdict} {n}' for verdict, n in sorted(found.items()))} of {found.total()}"
        for name, found in asked.items()
    ]


def main() -> None:
    """Draw or count."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    drawing = commands.add_parser("draw")
    drawing.add_argument("data", type=Path)
    drawing.add_argument("tables", type=Path)
    again = commands.add_parser("signals")
    again.add_argument("data", type=Path)
    again.add_argument("tables", type=Path)
    again.add_argument("--seed", type=int, default=SEED)
    commands.add_parser("count")
    asked = parser.parse_args()
    if asked.command == "draw":
        lines = (json.dumps(item, ensure_ascii=False) for item in draw(asked.data, asked.tables))
    elif asked.command == "signals":
        drawn = draw_signals(asked.data, asked.tables, asked.seed)
        lines = (json.dumps(item, ensure_ascii=False) for item in drawn)
    else:
        with VERDICTS.open(encoding="utf-8", newline="") as file:
            lines = iter(count(list(csv.DictReader(file))))
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
