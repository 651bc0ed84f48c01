"""Inventions planted in honest statements about real pages, as a language model makes them; fixed seed."""

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from digest.checks.claim_reading import read
from digest.records import Article, Sentence

KINDS = ("figure", "name", "date", "negation", "roles")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
AUXILIARY = re.compile(r"\b(is|are|was|were|has|have|had|will|can|could|would|may|must|should)\b(?! not|n't)")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
MONTH = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b")
FIGURE = re.compile(r"(?<![\w.,-])[$€£]?\d[\d,]*(?:\.\d+)?(?![\w-])")


@dataclass(frozen=True)
class Statement:
    """What a careful reader wrote about an article, with the sentences it rests on."""

    article: Article
    text: str
    numbers: tuple[int, ...]
    field: str


def articles(data: Path, *, of: str = "pages") -> dict[str, Article]:
    """The development articles with the sentences that the tables number."""
    found = {}
    for line in (data / "signals/articles.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["set"] == of:
            spans = tuple(Sentence(each["start"], each["end"]) for each in row["sentences"])
            url = f"https://example.org/{row['id']}"
            found[row["id"]] = Article(row["id"], url, url, row["title"], "", None, "en", row["text"], spans)
    return found


def statements(data: Path, *, of: str = "pages") -> list[Statement]:
    """Signals, changes, forces and summary sentences of the readers' tables."""
    known = articles(data, of=of)
    found = []
    for line in (data / "signals/gold.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["id"] not in known:
            continue
        article = known[row["id"]]
        for signal in row["signals"]:
            cells = (
                ("signal", signal["signal"], signal["sentences"]),
                ("change", signal["change"], signal["change_sentences"]),
                ("driving_force", signal["driving_force"], signal["force_sentences"]),
            )
            found += [
                Statement(article, text, tuple(numbers), field)
                for field, text, numbers in cells
                if text.strip("– ") and numbers
            ]
        found += [
            Statement(article, " ".join(article.sentence_text(at - 1).split()), (at,), "summary")
            for at in row["summary"]
        ]
    return found


def plant(kind: str, statement: Statement, others: list[str], chance: random.Random) -> Iterator[str]:
    """Give the statement with one invention of a kind; nothing where there is no place for it."""
    text = statement.text
    planters: dict[str, Callable[[], str | None]] = {
        "figure": lambda: _figure(text, chance),
        "name": lambda: _name(text, statement.article.text, others, chance),
        "date": lambda: _date(text, chance),
        "negation": lambda: _negation(text, chance),
        "roles": lambda: _roles(text),
    }
    made = planters[kind]()
    if made and made != text:
        yield made


def planted(data: Path, kind: str, number: int = 20, seed: int = 17) -> list[tuple[Statement, str]]:
    """So many statements with an invention of a kind, one an article; signals before sentences."""
    chance = random.Random(f"{seed} {kind}")
    everything = statements(data)
    chance.shuffle(everything)
    everything.sort(key=lambda each: each.field == "summary")
    others = [name for each in everything for name in names(each.text)]
    found: list[tuple[Statement, str]] = []
    used: set[str] = set()
    for each in everything:
        if each.article.id in used:
            continue
        for made in plant(kind, each, others, chance):
            found.append((each, made))
            used.add(each.article.id)
        if len(found) == number:
            break
    return found


def names(text: str) -> list[str]:
    """The names in a statement."""
    said = read(text)
    return [said.text[said.words[each.first].start : said.words[each.last].end] for each in said.names]


def _figure(text: str, chance: random.Random) -> str | None:
    places = [found for found in FIGURE.finditer(text) if not YEAR.fullmatch(found[0])]
    if not places:
        return None
    found = chance.choice(places)
    digit = re.search(r"\d", found[0])
    at = found.start() + (digit.start() if digit else 0)
    old = int(text[at])
    new = chance.choice([each for each in range(1, 10) if each != old])
    return text[:at] + str(new) + text[at + 1 :]


def _name(text: str, article: str, others: list[str], chance: random.Random) -> str | None:
    found = [name for name in names(text) if len(name) > 3]
    strange = [name for name in others if name not in article and name.split()[0] not in article]
    if not found or not strange:
        return None
    return text.replace(chance.choice(found), chance.choice(strange), 1)


def _date(text: str, chance: random.Random) -> str | None:
    if found := YEAR.search(text):
        return text.replace(found[0], str(int(found[0]) + chance.choice([-3, -2, -1, 1, 2])), 1)
    if found := MONTH.search(text):
        return text.replace(found[0], chance.choice([each for each in MONTHS if each != found[0]]), 1)
    return None


def _negation(text: str, chance: random.Random) -> str | None:
    if re.search(r"\bnot\b", text):
        return re.sub(r"\bnot\s+", "", text, count=1)
    places = list(AUXILIARY.finditer(text))
    if not places:
        return None
    found = chance.choice(places)
    return f"{text[: found.end()]} not{text[found.end() :]}"


def _roles(text: str) -> str | None:
    said = read(text)
    for one in said.names:
        for other in said.names:
            between = said.tagged[one.last + 1 : other.first]
            if one.last < other.first and any(word.tag in ("V", "X", "M") for word in between):
                first = said.text[said.words[one.first].start : said.words[one.last].end]
                second = said.text[said.words[other.first].start : said.words[other.last].end]
                start, end = said.words[one.first].start, said.words[other.last].end
                middle = said.text[said.words[one.last].end : said.words[other.first].start]
                return text[:start] + second + middle + first + text[end:]
    return None
