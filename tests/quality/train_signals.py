"""Learn from the tables of careful readers: data/carriers.npz and kinds.npz.

    python -m tests.quality.train_signals DATA [--keep FOLDER] [--out FILE] [--write]

--keep holds the articles' token vectors between runs, for embedding them takes most of the time.
--out writes the tables of all articles, each made by what was learned from the four folds it is not
in, as `digest analyze --jsonl` would. `make eval ONLY=tables` scores them.
"""

import json
from pathlib import Path

from digest.records.plain_values import to_json
from tests.quality.learn_signals import Learner, kind_shares, tables
from tests.quality.reader_tables import load
from tests.quality.training import finish, options, say


def main() -> None:
    """Learn, answer out of fold, print, write if asked."""
    parser = options(__doc__)
    parser.add_argument("--keep", type=Path, help="folder for token vectors")
    parser.add_argument("--out", type=Path, help="where to write the tables made out of fold")
    asked = parser.parse_args()
    examples = load(asked.data, asked.keep)
    say(f"{len(examples)} articles, {sum(len(each.rows) for each in examples)} rows")
    learner = Learner(examples)
    learned = learner.out_of_fold()
    gold = [each for each in examples if each.is_gold]
    shares = kind_shares(gold, {fold: each.kinds for fold, each in learned.items() if each.kinds})
    for name, (right, commonest) in shares.items():
        say(f"{name} right {right:.2f}, always the commonest {commonest:.2f}")
    if asked.out:
        with asked.out.open("w", encoding="utf-8") as file:
            for each, rows, notes in tables(examples, learned):
                answer = {"id": each.id, "signals": [to_json(row) for row in rows], "notes": notes}
                file.write(json.dumps(answer, ensure_ascii=False) + "\n")
    if asked.write:
        everything = learner.weights()
        for each in (everything.carriers, everything.kinds):
            if each is not None:
                finish(each, write=True)


if __name__ == "__main__":
    main()
