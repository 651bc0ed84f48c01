"""Choose the closest entries of an article, and say why they are close.

Rules: never the article itself, a copy, or two of one story; nothing below the floor or no nearer than
anything else, rather than ten links of which four are any good; no entry that is close to everything; each
with similarity, relation and reason.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from digest.language.background import rarity
from digest.language.words import HOLIDAYS, TIME_WORDS, stem
from digest.records import ClosestEntry, Relation

MIN_SAME_EVENT = 0.7
"""From this similarity two articles are about one event or its sequel: where stories begin (group.py)."""

MIN_MARGIN = 0.2
"""How much nearer (cosine) two articles must be than each is to any other on average. Guards against archives
whose articles are all of one kind: in the sample week, whose texts have a median cosine of .33, the floor
alone lets ten links through of which three are any good. In archives of ordinary news (median .1) the floor
decides."""

REACH_SHARE, MIN_REACH, MAX_REACH = 0.0275, 10, 200
"""Guards against hubs. An article may be shown to those it finds among so many nearest itself (by vector),
and to its three neighbours: it can then stand in no more lists than that, 3 in 100. In an archive of a few
dozen, ten; in one of many thousands 200, because there even one in a hundred would be a hub. Re-run
evaluation.hubs before changing it: copies, whose lists are their originals', bring .03 over 3 in 100."""

FOLLOW_UP_DAYS = 2
"""Days apart from which a near article is the sequel rather than another report of the event."""

MOST_KEYWORDS, MOST_NAMES = 4, 3
"""Named in a reason: it is one line. Judgement."""

MIN_NAME_RARITY, MIN_WORD_RARITY = 0.6, 0.6
"""A word this rare in general (language.background) is worth naming as a reason: "Company" is not."""

LONG_TEXT = 150
"""Words in small letters from which a text is about a word only if it says it twice, as one of two must: two
guides of two thousand words shared "figurative" and "singular", once each; judgement."""

_NAME = re.compile(
    r"(?<![.!?:\n\"“”])[ \t]+([A-Z][\w'’-]+(?: (?:(?:of|for|de|del|di|du|van|von|der) )*[A-Z][\w'’-]+)*)"
)
_PARTS = re.compile(r" of (?:the )?(?=[A-Z])")
_LETTERS = re.compile(r"[A-Z][A-Z\d&-]*s?|\w*\d\w*")
_LOWER = re.compile(r"\b[a-z][\w'’-]*")
_PLURAL = re.compile(r"^(\w+(?:ch|sh|x|ss))es$|^(\w{3,})(?<!s)s$")


@dataclass(frozen=True)
class Relatable:
    """What relating needs of an article."""

    id: str
    title: str
    published: date | None
    story_id: str
    """Articles with the same story id are one entry."""
    keywords: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Candidate:
    """An article that may be among the closest."""

    place: int
    story_id: str
    similarity: float
    """As shown, 0..1."""
    margin: float
    """How much nearer the two are than each is to any article on average."""
    rank: int
    """How many articles of other stories are nearer to the candidate than the one asked for; 0 for a
    neighbour."""


def reach(count: int) -> int:
    """Say to how many others an article may be shown, in an archive of so many."""
    return min(MAX_REACH, max(MIN_REACH, int(REACH_SHARE * (count - 1))))


def choose(
    candidates: Iterable[Candidate], *, without_story: str, min_similarity: float, max_rank: int, limit: int
) -> list[Candidate]:
    """Choose the closest: one a story, none of the article's own, no hubs.

    Args:
        candidates: Originals only, nearest first; read as far as needed.
        without_story: The article's own story.
        min_similarity: Floor.
        max_rank: See `reach`.
        limit: At most this many.
    """
    found: list[Candidate] = []
    seen = {without_story}
    for each in candidates:
        if each.similarity < min_similarity or len(found) == limit:
            break
        is_hub = each.rank >= max_rank
        if each.story_id not in seen and each.margin >= MIN_MARGIN and not is_hub:
            seen.add(each.story_id)
            found.append(each)
    return found


def describe(article: Relatable, other: Relatable, similarity: float) -> ClosestEntry:
    """Say how and why two near articles belong together."""
    return ClosestEntry(
        id=other.id,
        title=other.title,
        similarity=round(similarity, 4),
        relation=relation(article, other, similarity),
        reason=reason(article, other),
    )


def relation(article: Relatable, other: Relatable, similarity: float) -> Relation:
    """Name how two near articles belong together."""
    if similarity < MIN_SAME_EVENT:
        return "related"
    if article.published and other.published:
        apart = abs((article.published - other.published).days)
        return "follow-up" if apart >= FOLLOW_UP_DAYS else "same story"
    return "same story"


def reason(article: Relatable, other: Relatable) -> str:
    """Say in words what two articles share: keywords first, then names, then themes.

    Returns:
        For example 'keywords: data breach, patients; theme: Health care'; where there is none of these the
        rarest words of both, and 'similar wording' where these are few.
    """
    keywords = _shared_keywords(article, other)[:MOST_KEYWORDS]
    said = f" {_plain(' . '.join(keywords))} "
    names = [each for each in _shared_names(article, other) if f" {_plain(each)} " not in said]
    themes = [theme for theme in article.themes if theme in other.themes]
    parts = []
    if keywords:
        parts.append("keywords: " + ", ".join(keywords))
    if names and len(keywords) < MOST_KEYWORDS:
        parts.append("names: " + ", ".join(names[:MOST_NAMES]))
    if themes:
        parts.append(("themes: " if len(themes) > 1 else "theme: ") + ", ".join(themes))
    if not parts and (words := _shared_words(article, other)):
        parts.append("words: " + ", ".join(words))
    return "; ".join(parts) or "similar wording"


def _shared_keywords(article: Relatable, other: Relatable) -> list[str]:
    """Keywords of either that the other has too, as a keyword or in its words; no phrase within another."""
    found: dict[str, str] = {}
    for one, two in ((article, other), (other, article)):
        if not one.keywords:
            continue
        words = f" {_plain(' . '.join((two.title, *two.keywords, '' if two.keywords else two.text)))} "
        for keyword in one.keywords:
            plain = _plain(keyword)
            if plain and f" {plain} " in words:
                found.setdefault(plain, keyword)
    return [
        keyword
        for plain, keyword in found.items()
        if not any(plain != longer and f" {plain} " in f" {longer} " for longer in found)
    ]


def _shared_names(article: Relatable, other: Relatable) -> list[str]:
    """Names in both texts, those most often said first; no name within another.

    Letters that stand for a thing ("GPS", "B2B") are named where both say them twice: once, any text may.
    """
    one, two = _names(article.text), _names(other.text)
    shared = sorted((name for name in one if name in two), key=lambda name: -min(one[name], two[name]))
    shared = [name for name in shared if not _LETTERS.fullmatch(name) or min(one[name], two[name]) > 1]
    return [
        name
        for name in shared
        if not any(name != longer and f" {name} " in f" {longer} " for longer in shared)
    ]


@lru_cache(maxsize=512)
def _names(text: str) -> Counter[str]:
    """Count runs of capitalised words that do not open a sentence; single ones only if they are rare.

    No names: days and holidays, and what the text also has in small letters ("Mental Health" in a heading).
    """
    found: Counter[str] = Counter()
    lower = set(_LOWER.findall(text))
    for name in _runs(text):
        small = name.lower()
        words = small.split()
        if all(word in TIME_WORDS | HOLIDAYS for word in words):
            continue
        if len(words) > 1:
            is_name = small not in text
        else:
            is_name = len(small) > 2 and rarity(small) >= MIN_NAME_RARITY and small not in lower
        if is_name:
            found[name] += 1
    return found


def _runs(text: str) -> Iterator[str]:
    """Give runs of capitalised words, "University of Oslo" whole and "Oslo" as well."""
    for match in _NAME.finditer(text):
        name = re.sub(r"['’]s$", "", match[1])
        yield name
        yield from _PARTS.split(name)[1:]


def _shared_words(article: Relatable, other: Relatable) -> list[str]:
    """Give the rarest words of both texts, in the spelling of the first; empty if there are few."""
    one, two = _rare_words(article.text), _rare_words(other.text)
    counts = _said(article.text), _said(other.text)
    shared = [
        word
        for key, word in one.items()
        if key in two and any(said[key] >= (2 if said.total() > LONG_TEXT else 1) for said in counts)
    ]
    shared.sort(key=lambda word: -rarity(word))
    return shared[:MOST_KEYWORDS] if len(shared) > 1 else []


@lru_cache(maxsize=512)
def _rare_words(text: str) -> dict[str, str]:
    """Give the rare words of a text by stem, in order; no adverbs."""
    found: dict[str, str] = {}
    for word in _LOWER.findall(text):
        if len(word) > 3 and word.isalpha() and rarity(word) >= MIN_WORD_RARITY and not word.endswith("ly"):
            found.setdefault(stem(word), word)
    return found


@lru_cache(maxsize=512)
def _said(text: str) -> Counter[str]:
    """Count the words of a text by stem."""
    return Counter(map(stem, _LOWER.findall(text)))


def _plain(text: str) -> str:
    """Lower-case words without plural endings, separated by single spaces."""
    return " ".join(_PLURAL.sub(r"\1\2", word) for word in re.findall(r"[\w'-]+|[.;]", text.lower()))
