"""An article's own title, without the site's name, shouting and clickbait punctuation, at most twelve
words.

The site's name is known by the page's site or address, else by its place and shape: behind the last bar, or
behind the last dash where it is written like a name and the text never uses it as ordinary words. On the
240 development pages' <title> elements that found all but four of the names behind a dash or bar, and took
one subtitle for a name (November 2026).
"""

import re
from collections import Counter

from digest.language.wordlists import word_list
from digest.language.words import (
    ADJECTIVES,
    CONJUNCTIONS,
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
    SUBORDINATORS,
    WH_WORDS,
    count_words,
)

MAX_WORDS = 12
"""What is read as a headline at a glance. Judgement."""
LEAST_WORDS = 4
"""A cut leaves at least so many."""
DASHES = "-–—"
SITE_BREAK = re.compile(r"\s+(?:[|•·»]|[-–—]|::)\s+")
CLAUSE_BREAK = re.compile(r"\s*(?:[:;]\s|\s[–—+-]\s|—|,\s|\s\|\s|[?!.]\s|\s\()")
JOINTS = (CONJUNCTIONS | word_list("joints") | PREPOSITIONS) - {"of", "to", "up", "off", "out", "&"}
DANGLING = DETERMINERS | PREPOSITIONS | CONJUNCTIONS | word_list("dangling")
# A title that begins so says its main thing only after the first comma.
OPENS_SUBORDINATE = re.compile(
    r"(?:to (?!the |a |an )\w+|if|when|while|after|before|because|since|although|though|as|once|unless"
    r"|despite|with|without|by \w+ing|instead of|thanks to) ",
    re.IGNORECASE,
)
LABEL = re.compile(
    r"^(?:breaking(?: news)?|exclusive|just in|watch(?: live)?|video|live(?: updates?)?|updated?"
    r"|must[- ](?:see|read))\s*[:|!–—-]\s*(?=\S)",
    re.IGNORECASE,
)
BLOG = re.compile(r"^[^:|]{1,30}\bBlog: ")
SITE_KINDS = re.compile(r"\b(?:blog|news|magazine|times|journal|substack|medium|podcast|wiki|online)$", re.I)
BY_SOMEONE = re.compile(r"^by [A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3}$")
# Words that a site's name may hold without a capital.
SMALL = frozenset(("of", "the", "and", "for", "in", "by", "at", "on", "&", "+", "de", "la"))
SITE_WORDS = 6  # of a site's name behind a dash; more are a part of the title; judgement
# Pictures, dingbats and the marks that join them.
PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d]+")


def clean_title(title: str, *, site: str = "", url: str = "", text: str = "") -> str:
    """Give the title an editor would keep.

    Args:
        title: As the page has it.
        site: The publisher's name; its host is taken from `url`.
        url: The article's address.
        text: The article: it tells names from words, and its first words stand in for a missing title.

    Returns:
        Never empty: without any words, "Untitled".
    """
    title = collapse(title)
    title = _without_site(title, site, url, text)
    title = _calm(title, text)
    if not any(c.isalnum() for c in title):
        title = collapse(text[:400])
    title = _cut(title)
    return title or "Untitled"


def collapse(text: str) -> str:
    """Trim, collapse white space and drop control and other invisible characters."""
    return " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in text).split())


def _without_site(title: str, site: str, url: str, text: str) -> str:
    """Drop first and last parts that name the site."""
    host = re.sub(r"^https?://(?:www\.)?|/.*$", "", url.lower())
    names = {
        squeezed(site),
        squeezed(host),
        squeezed(host.rsplit(".", 1)[0]),
        squeezed(host.split(".")[0]),
    } - {""}
    for _ in range(3):
        parts = list(SITE_BREAK.finditer(title))
        if not parts:
            break
        first, last = parts[0], parts[-1]
        head, tail = title[: first.start()], title[last.end() :]
        is_bar = last.group().strip() not in DASHES
        if is_bar and len(parts) == 1 and count_words(head) <= 2 and count_words(tail) >= LEAST_WORDS:
            title = tail
        elif _names_site(tail, names) or is_bar or _looks_like_a_site(tail, title[: last.start()], text):
            title = title[: last.start()]
        elif _names_site(head, names):
            title = title[first.end() :]
        else:
            break
    return BLOG.sub("", title).strip()


def squeezed(text: str) -> str:
    """Give a name as it is compared: letters and figures of any script, in small letters."""
    return "".join(c for c in text.lower() if c.isalnum())


def _names_site(part: str, names: set[str]) -> bool:
    bare = squeezed(part)
    if not bare:
        return True
    return any(
        bare == name or (len(bare) > 3 and len(name) > 3 and (bare in name or name in bare)) for name in names
    )


def _looks_like_a_site(tail: str, head: str, text: str) -> bool:
    """Whether what stands behind a dash is written like a name, and is one."""
    words = tail.split()
    if BY_SOMEONE.match(tail):
        return True
    if len(words) > SITE_WORDS or count_words(head) < 2 or re.search(r"[?!:;,]|\d{4}", tail):
        return False
    if SITE_KINDS.search(tail):
        return True
    lowers = [word.lower() for word in words]
    if set(lowers) & (WH_WORDS | PRONOUNS | (SUBORDINATORS - SMALL) | {"a", "an", "or", "is", "are", "vs"}):
        return False
    if not all(word[0].isupper() or word.lower() in SMALL or not word[0].isalpha() for word in words):
        return False
    return any(word[0].isupper() for word in words) and not re.search(rf"\b{re.escape(tail.lower())}\b", text)


def _calm(title: str, text: str) -> str:
    """Take out shouting, pictures and clickbait punctuation."""
    title = collapse(PICTURES.sub(" ", title))
    title = LABEL.sub("", title)
    title = _spoken(title, text)
    title = re.sub(r"([!?])[!?]+", lambda m: "?" if "?" in m.group() else "!", title)
    # "Tested! The best ..." is a label, "It is not! It helps ..." a sentence of its own.
    title = re.sub(r"^(\S+(?: \S+)?)!+ (?=\w)", r"\1: ", title)
    title = re.sub(r"!+ (?=[A-Z“\"])", ". ", title)
    title = re.sub(r"!+(?=[\s”\"’')\]]|$)", "", title)
    if re.search(r"(?:…|\.{2,})\s*$", title):
        title = _without_loose_end(re.sub(r"\s*(?:…|\.{2,})\s*$", "", title).split())
    title = re.sub(r"\s*[\[(](?:video|photos?|watch|must see|updated?|pics)[\])]\s*", " ", title, flags=re.I)
    title = re.sub(r"(?<=[a-z]{2})\.$", "", title)
    return title.strip(" -–—|:;,\t")


def _spoken(title: str, text: str) -> str:
    """Lower what is shouted: the whole title, or single words that the text does not write so."""
    words = title.split()
    letters = [c for c in title if c.isalpha()]
    shouts = sum(c.isupper() for c in letters) > 0.85 * max(1, len(letters))
    if sum(any(c.isalpha() for c in word) for word in words) > 2 and shouts:
        spoken = " ".join(_as_in_text(word, text) for word in words)
        return spoken[:1].upper() + spoken[1:]
    is_titled = sum(word[0].isupper() for word in words) > 0.6 * len(words)

    def calmed(found: re.Match[str]) -> str:
        word = found.group()
        if re.search(rf"\b{word}\b", text) or not re.search(rf"\b{word.lower()}\b", text):
            return word
        return word.capitalize() if is_titled or not found.start() else word.lower()

    return re.sub(r"\b[A-Z](?:[A-Z]|['’](?=[A-Z])){3,}\b", calmed, title)


def _as_in_text(word: str, text: str) -> str:
    """A shouted word as the text writes it: small where it does so once, else in its usual form."""
    bare = re.search(r"[^\W_](?:[\w’'.&-]*[^\W_])?", word)
    if not bare:
        return word
    forms = Counter(re.findall(rf"(?<![\w’'-]){re.escape(bare.group())}(?![\w’'-])", text, re.IGNORECASE))
    lower = bare.group().lower()
    form = lower if not forms or lower in forms else forms.most_common(1)[0][0]
    return word[: bare.start()] + form + word[bare.end() :]


def _cut(title: str) -> str:
    """At most MAX_WORDS words, cut at a clause where one ends in time."""
    # By spaces, as an editor's program counts: "&" is a word.
    if len(title.split()) <= MAX_WORDS:
        return title.strip()
    if OPENS_SUBORDINATE.match(title) and ", " in title:
        rest = title.split(", ", 1)[1]
        if count_words(rest) >= LEAST_WORDS:
            return _cut(rest[:1].upper() + rest[1:])
    ends = [m for m in CLAUSE_BREAK.finditer(title) if _may_end(title, m)]
    if ends:
        end = ends[-1]
        mark = "?" if end.group().startswith("?") else ""
        return title[: end.start()].strip(" -–—|:;,(") + mark
    words = title.split()[: MAX_WORDS + 1]
    joints = [at for at, word in enumerate(words) if at >= 5 and word.lower().strip(",:;") in JOINTS]
    return _without_loose_end(words[: joints[-1]] if joints else words[:MAX_WORDS])


def _may_end(title: str, end: re.Match[str]) -> bool:
    """Whether a title may be cut at this break: long enough, nothing left open, no stump before it."""
    kept = title[: end.start()]
    if count_words(kept) < LEAST_WORDS or len(kept.split()) > MAX_WORDS:
        return False
    if kept.count("(") > kept.count(")") or kept.count("“") > kept.count("”") or kept.count('"') % 2:
        return False
    stump = re.split(r"[?!.] ", kept)[-1]
    last = kept.split()[-1].lower()
    if stump != kept and count_words(stump) < 3:
        return False
    return last not in DANGLING or end.group()[:1] in ("?", "!", ".")


def _without_loose_end(words: list[str]) -> str:
    """Drop last words that wait for another: "the", "of", "new", "5"."""
    words = list(words)
    while len(words) > LEAST_WORDS and (
        words[-1].lower().strip(",:;") in DANGLING | ADJECTIVES | WH_WORDS or words[-1].isdigit()
    ):
        words.pop()
    return " ".join(words).strip(" -–—|:;,(")
