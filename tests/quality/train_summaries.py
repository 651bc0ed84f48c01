"""Learn from readers' choices which sentences make a summary: data/summary.npz.

    python -m tests.quality.train_summaries DATA [--keep FOLDER] [--out FILE] [--write]

--keep holds the articles' token vectors between runs, for embedding them takes most of the time.
--out writes the summaries of all articles that a reader summarized, each made by what was learned from the
four folds it is not in. `make eval ONLY=summaries` scores them.
"""

import json
from pathlib import Path

from digest.records.plain_values import to_json
from tests.quality.learn_summaries import Summaries, learn_summaries, mean_overlap
from tests.quality.reader_tables import load
from tests.quality.training import finish, options, say


def main() -> None:
    """Learn, answer out of fold, print, write if asked."""
    parser = options(__doc__)
    parser.add_argument("--keep", type=Path, help="folder for token vectors")
    parser.add_argument("--out", type=Path, help="where to write the summaries made out of fold")
    asked = parser.parse_args()
    examples = [each for each in load(asked.data, asked.keep) if each.summary]
    made = list(Summaries.of(examples).make(examples))
    for kind in ("pages", "news"):
        found = [(each, summary) for each, summary in made if each.set == kind]
        say(f"{kind}: {len(found)} summaries, F1 {mean_overlap(found):.3f}")
    if asked.out:
        with asked.out.open("w", encoding="utf-8") as file:
            for each, summary in made:
                answer = {"id": each.id, "summary": [to_json(sentence) for sentence in summary]}
                file.write(json.dumps(answer, ensure_ascii=False) + "\n")
    if asked.write:
        finish(learn_summaries(examples), write=True)


if __name__ == "__main__":
    main()
