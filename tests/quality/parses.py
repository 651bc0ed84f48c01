"""What a parser says of the development texts, kept in a file: two scripts learn from it.

The parser is spaCy with its small English model en_core_web_sm 3.8. Neither is a dependency of the project:
install both where a text is to be parsed that the file has not.
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple


class Token(NamedTuple):
    """A token of a parse."""

    start: int
    end: int
    tag: str
    part: str
    """Part of speech."""
    relation: str
    step: int
    """How many tokens further on the one stands that it hangs on; 0 for a root."""


Parse = list[Token]


def parsed(texts: Iterable[str], kept: Path) -> Iterator[tuple[str, Parse]]:
    """Give the texts with their parses: those of the file first, in its order.

    Args:
        texts: Each is given once.
        kept: File of parses; those it has not are made and added.
    """
    missing = dict.fromkeys(texts)
    if kept.exists():
        with gzip.open(kept, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row["text"] in missing:
                    del missing[row["text"]]
                    yield row["text"], [Token(*token) for token in row["tokens"]]
    if not missing:
        return
    import spacy  # type: ignore[import-not-found]

    nlp = spacy.load("en_core_web_sm", disable=["ner", "lemmatizer"])
    with gzip.open(kept, "at", encoding="utf-8") as out:
        for text in missing:
            tokens = parse(nlp, text)
            out.write(json.dumps({"text": text, "tokens": tokens}) + "\n")
            yield text, tokens


def parse(nlp: Any, text: str) -> Parse:
    """Parse line by line, so that headings do not run into sentences."""
    tokens: Parse = []
    offset = 0
    for line in text.split("\n"):
        found = [token for token in nlp(line) if not token.is_space] if line.strip() else []
        place = {token.i: at for at, token in enumerate(found)}
        for at, token in enumerate(found):
            start = offset + token.idx
            step = place.get(token.head.i, at) - at
            tokens.append(Token(start, start + len(token), token.tag_, token.pos_, token.dep_, step))
        offset += len(line) + 1
    return tokens
