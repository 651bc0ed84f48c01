"""An article's own title, without the site's name, shouting and clickbait punctuation, at most twelve
words."""

import re

from digest.english.wordlists import word_list
from digest.english.words import ADJECTIVES, CONJUNCTIONS, DETERMINERS, PREPOSITIONS, count_words

MAX_WORDS = 12
SITE_BREAK = re.compile(r"\s+(?:[|•·»]|[-–—]|::)\s+")
CLAUSE_BREAK = re.compile(r"\s*(?:[:;]\s|\s[–—-]\s|,\s|\s\|\s|[?!.]\s|\s\()")
JOINTS = CONJUNCTIONS | word_list("joints")
DANGLING = DETERMINERS | PREPOSITIONS | CONJUNCTIONS | word_list("dangling")


def clean_title(title: str, *, site: str = "", url: str = "", text: str = "") -> str:
    """Give the title an editor would keep.

    Args:
        title: As the page has it.
        site: The publisher's name; its host is taken from `url`.
        url: The article's address.
        text: The article, whose first words stand in for a missing title.

    Returns:
        Never empty: without any words, "Untitled".
    """
    title = collapse(title)
    title = _without_site(title, site, url)
    title = _calm(title)
    if not any(c.isalnum() for c in title):
        title = collapse(text[:400])
    title = _cut(title)
    return title or "Untitled"


def collapse(text: str) -> str:
    """Trim, collapse white space and drop control and other invisible characters."""
    return " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in text).split())


def _without_site(title: str, site: str, url: str) -> str:
    """Drop a first or last part that names the site."""
    host = re.sub(r"^https?://(?:www\.)?|/.*$", "", url.lower())
    names = {
        _squeeze(site),
        _squeeze(host),
        _squeeze(host.rsplit(".", 1)[0]),
        _squeeze(host.split(".")[0]),
    } - {""}
    for _ in range(2):
        parts = list(SITE_BREAK.finditer(title))
        if not parts:
            return title
        tail, head = title[parts[-1].end() :], title[: parts[0].start()]
        if _names_site(tail, names) or (parts[-1].group().strip() in "|»•·" and count_words(tail) <= 4):
            title = title[: parts[-1].start()]
        elif _names_site(head, names):
            title = title[parts[0].end() :]
        else:
            break
    return title.strip()


def _squeeze(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _names_site(part: str, names: set[str]) -> bool:
    bare = _squeeze(part)
    if not bare:
        return True
    return any(
        bare == name or (len(bare) > 3 and len(name) > 3 and (bare in name or name in bare)) for name in names
    )


def _calm(title: str) -> str:
    """Take out shouting and clickbait punctuation."""
    letters = [c for c in title if c.isalpha()]
    words = [word for word in title.split() if any(c.isalpha() for c in word)]
    if len(words) > 2 and letters and sum(c.isupper() for c in letters) > 0.85 * len(letters):
        title = title.lower()
        title = title[:1].upper() + title[1:]
    title = re.sub(r"([!?])[!?]+", r"\1", title)
    title = re.sub(r"!+(?=\s|$)", "", title)
    title = re.sub(r"\s*(?:…|\.{2,})\s*$", "", title)
    title = re.sub(r"\s*[\[(](?:video|photos?|watch|must see|updated?|pics)[\])]\s*", " ", title, flags=re.I)
    return title.strip(" -–—|:;,\t")


def _cut(title: str) -> str:
    """At most MAX_WORDS words, cut at a clause where one ends in time."""
    if count_words(title) <= MAX_WORDS:
        return title.strip()
    ends = [
        m.start() for m in CLAUSE_BREAK.finditer(title) if 4 <= count_words(title[: m.start()]) <= MAX_WORDS
    ]
    if ends:
        return title[: ends[-1]].strip(" -–—|:;,(")
    words = title.split()[:MAX_WORDS]
    joints = [at for at, word in enumerate(words) if at >= 5 and word.lower().strip(",:;") in JOINTS]
    if joints:
        words = words[: joints[-1]]
    while len(words) > 4 and (words[-1].lower().strip(",:;") in DANGLING | ADJECTIVES):
        words.pop()
    return " ".join(words).strip(" -–—|:;,(")
