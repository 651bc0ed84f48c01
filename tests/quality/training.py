"""What the scripts that learn weights share: their options, the development texts, and how they end.

python -m tests.quality.train_NAME DATA            prints the figures of what was held out
python -m tests.quality.train_NAME DATA --write    also writes the weights into the package
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from digest.analysis.learned import Learned, write_learned

PACKAGE = Path(__file__).parents[2] / "digest"
NEWS = "keyphrases/500N-KPCrowd-v1.1.jsonl"


def options(doc: str) -> argparse.ArgumentParser:
    """Make the parser of a script's options, which its docstring describes."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("data", type=Path, help="folder of the development data")
    parser.add_argument("--write", action="store_true", help="write the weights into the package")
    return parser


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def json_lines(path: Path) -> Iterator[Any]:
    """Read a JSON Lines file; not splitlines, for texts hold line separators of their own."""
    return (json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line)


def development_texts(data: Path, *, news: int | None = None) -> dict[tuple[str, str], str]:
    """Give pages, news texts (the first so many) and entries' articles by (page, news or entry; id)."""
    texts = {("page", row["id"]): row["text"] for row in json_lines(data / "pages/articles.jsonl")}
    texts |= {("news", row["id"]): row["text"] for row in list(json_lines(data / NEWS))[:news]}
    for path in sorted((data / "entries").glob("*.json")):
        text = json.loads(path.read_text(encoding="utf-8")).get("article_text")
        if text:
            texts["entry", path.stem] = text
    return texts


def finish(learned: Learned, *, write: bool) -> None:
    """Write weights of the analysis into the package, if asked."""
    if write:
        path = write_learned(learned, PACKAGE / "analysis/data")
        say(f"{path}: {path.stat().st_size:,} bytes")
