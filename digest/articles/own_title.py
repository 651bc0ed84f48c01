"""Which wording of an article's title is its own: of those on its page, and of the page's and the feed's.

A page says its title in up to five places, and a site's name, an old year or a shorter wording may stand in
some of them. The heading that is shown says what year it is; a wording that is but the site's name is none;
where the title is too long to be read at a glance, a shorter one of the page's own stands for it.
"""

import re
from collections.abc import Iterable, Sequence

from digest.articles.page_blocks import squash
from digest.language.words import STOP_WORDS, stems

MOST_WORDS, LEAST_WORDS = 12, 4
"""Words of a title that is read at a glance and says something; as in analysis/titles.py."""
SHARED = 0.4
"""Share of a shorter wording's words that the longer has, so that it is one of the same title: section
headings of the development pages share less (November 2026)."""
AGREE = 0.5
"""Share of the shorter title's words from which on page and feed say the same."""
NEARER = 0.25
"""How much more of its words the feed's title must find in the text to be taken for the page's own; by
reading the 240 development pages."""
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
STOP_STEMS = frozenset(stem for word in STOP_WORDS for stem in stems(word))


def own_title(candidates: Sequence[str], headings: Iterable[str], site_names: set[str]) -> str:
    """Choose the article's title among the wordings on its page.

    Args:
        candidates: Without the site's name, the most trusted first.
        headings: Those that the page shows, without the site's name.
        site_names: As `squash` leaves them.

    Returns:
        Empty where the page has none but the site's name.
    """
    named = [each for each in candidates if squash(each) and squash(each) not in site_names]
    # "Filmmaker" in the head of Filmmaker Magazine.
    own = [each for each in named if not any(squash(each) in name for name in site_names)] or named
    if not own:
        return ""
    title = own[0]
    title = next((each for each in headings if _is_of_another_year(each, title)), title)
    if len(title.split()) > MOST_WORDS:
        return next((each for each in own if _is_shorter(each, title)), title)
    return title


def nearer_title(title: str, feed_title: str, text: str) -> str:
    """Choose between the page's title and the feed's where they disagree: the one nearer to the text.

    Returns:
        The page's where they say the same, or are as near; the feed's where the page has none.
    """
    mine, theirs = _content(title), _content(feed_title)
    if not title or not feed_title:
        return title or feed_title
    if len(feed_title.split()) < LEAST_WORDS or len(mine & theirs) >= AGREE * min(len(mine), len(theirs)):
        return title
    told = _content(text)
    found, found_theirs = len(mine & told), len(theirs & told)
    if len(mine) < 2:
        # One word is near to any text that has it.
        return feed_title if found_theirs > max(2, found) else title
    is_nearer = found_theirs / max(1, len(theirs)) >= found / len(mine) + NEARER
    return feed_title if is_nearer and found_theirs >= found else title


def _is_of_another_year(heading: str, title: str) -> bool:
    years = set(YEAR.findall(heading)), set(YEAR.findall(title))
    return (
        all(years) and years[0] != years[1] and squash(YEAR.sub("", heading)) == squash(YEAR.sub("", title))
    )


def _is_shorter(wording: str, title: str) -> bool:
    words = _content(wording)
    is_short = LEAST_WORDS <= len(wording.split()) <= MOST_WORDS
    return is_short and len(words & _content(title)) >= SHARED * len(words)


def _content(text: str) -> frozenset[str]:
    return frozenset(stems(text)) - STOP_STEMS
