"""An article's own title, without the site's name, shouting and clickbait punctuation, at most twelve
words: a few more only where any cut would make it say something else.

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
    STOP_WORDS,
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
TURNED = re.compile(
    r"\b(?:supposed|meant|expected|promised|hoped|was going|were going|thought) to\b|\bshould have\b"
    r"|\b(?:thought|hoped|promised|claimed) (?:it|they|he|she|we|I|you) (?:would|could|had|was|were)\b",
    re.IGNORECASE,
)
"""What waits for another clause that says how it was."""
TURNS = re.compile(
    r"(?:but|yet|except|unless|until|not|no|never|only|instead|wrong|nope|if|without|despite)\b",
    re.IGNORECASE,
)
"""What, first in a clause, takes back or limits the one before."""
WHEN = re.compile(r"(?<=[a-z]) (?:after|before|during|since|by|in|at|on) [\w’'-]+(?: [\w’'-]+){0,2}$")
"""When or where it was, at the end of a clause: it may go before the turn does."""
SHOWN = re.compile(
    r"^(?:this is|these are|here is|here are|here['’]s) (?=(?:the|a|an|our|my|\d))", re.IGNORECASE
)
"""What only points at the article: it goes before who said it does."""
SOUGHT = re.compile(
    r"to (?:find|choose|pick|get|test|rank|discover|see) (?P<what>(?:(?:the|our|my) )?[^,]+), (?:i|we)\b",
    re.IGNORECASE,
)
"""What the article is about, in a title that goes on with "we tested thirty of them"."""
LIST_GOES_ON = re.compile(
    r"(?:, (?!(?:the|an?|on|in|at|with|who|which|says?|\w+ing) )[\w’'&.-]+(?: [\w’'&.-]+){0,2})+,?"
    r" (?:and|or|&) "
)
LIST_ENDS = re.compile(r", (?:and|or|&) ")
"""What stands behind a comma of a list, and behind its last."""
MAX_TURNED = 16
"""Words of a title that has to stay longer than MAX_WORDS to mean the same. Judgement."""
LEAST_NAMED = 3
"""Words but small ones that a title's first part has, to say what the article is about without the second.
By reading 240 titles."""
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
    if re.search(rf"\b{re.escape(tail.lower())}\b", text):
        return False
    plain = [low for low in lowers if low not in SMALL and low.isalpha()]
    is_told = len(plain) >= 3 and all(re.search(rf"\b{low}\b", text) for low in plain)
    return any(word[0].isupper() for word in words) and not is_told


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
    """At most MAX_WORDS words, cut at a clause where one ends in time and what goes changes nothing."""
    # By spaces, as an editor's program counts: "&" is a word.
    if len(title.split()) <= MAX_WORDS:
        return title.strip()
    if len((said := SHOWN.sub("", title)).split()) <= MAX_WORDS:
        return said[:1].upper() + said[1:]
    if (sought := SOUGHT.match(title)) and count_words(sought["what"]) >= LEAST_WORDS:
        return sought["what"][:1].upper() + sought["what"][1:]
    if OPENS_SUBORDINATE.match(title) and ", " in title:
        rest = title.split(", ", 1)[1]
        if count_words(rest) >= LEAST_WORDS:
            return _cut(rest[:1].upper() + rest[1:])
    turn = next((each for each in CLAUSE_BREAK.finditer(title) if _turns(title, each)), None)
    if turn and len((turned := _with_turn(title, turn)).split()) <= MAX_TURNED:
        return turned
    breaks = [each for each in CLAUSE_BREAK.finditer(title) if _may_end(title, each)]
    ends = [each for each in breaks if not _is_listed(title, each)]
    words = title.split()[: MAX_WORDS + 1]
    joints = [at for at, word in enumerate(words) if at >= 5 and word.lower().strip(",:;") in JOINTS]
    # Within a list, the last joint keeps more of it than the end of a clause before it.
    in_list = bool(joints and breaks and (not ends or breaks[-1].start() > ends[-1].start()))
    if ends and not in_list:
        return _cut_at(title, ends[-1])
    return _without_loose_end(words[: joints[-1]] if joints else words[:MAX_WORDS])


def _is_listed(title: str, end: re.Match[str]) -> bool:
    """Whether a break is the comma of a list: cut there it would name but the first."""
    if end.group().strip() != ",":
        return False
    return bool(LIST_GOES_ON.match(title[end.start() :])) or (
        "," in title[: end.start()] and bool(LIST_ENDS.match(title[end.start() :]))
    )


def _cut_at(title: str, end: re.Match[str]) -> str:
    """Cut at a break; what stands behind it stays where only that says what the article is about."""
    kept, rest = title[: end.start()], title[end.end() :]
    names_little = len([word for word in kept.split() if word.lower() not in STOP_WORDS]) < LEAST_NAMED
    if (
        names_little
        and end.group().strip() in (":", "–", "—")
        and LEAST_WORDS < len(rest.split()) <= MAX_WORDS
    ):
        return rest.strip()
    mark = "?" if end.group().startswith("?") else ""
    return kept.strip(" -–—|:;,(") + mark


def _turns(title: str, end: re.Match[str]) -> bool:
    """Whether what stands behind a break takes back or limits what stands before."""
    kept, rest = title[: end.start()], title[end.end() :]
    return count_words(kept) >= LEAST_WORDS and bool(TURNED.search(kept) or TURNS.match(rest))


def _with_turn(title: str, end: re.Match[str]) -> str:
    """The whole of a title that turns, less when or where its first half was, where that is too long.

    "Tutoring was supposed to save children [after the pandemic]. The results? ‘Sobering’": without its end it
    would say the reverse.
    """
    kept = title[: end.start()]
    turn = end.group() + re.split(r"(?<=\w)\. ", title[end.end() :], maxsplit=1)[0]
    found = WHEN.search(kept) if len(f"{kept}{turn}".split()) > MAX_WORDS else None
    return (kept[: found.start()] if found else kept) + turn


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
