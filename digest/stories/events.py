"""Say whether a text reports an event, or explains, advises and lists, and shares but a subject with others.

Rule: a longer text with next to no verb in the past, and next to no word of news (a weekday, "announced",
"police"), reports nothing that happened.
"""

import re

from digest.language.verbs import verb_forms
from digest.language.wordlists import word_list

MIN_WORDS = 150
"""Shorter ones are not judged: a notice of three sentences may stand in the present tense."""

MAX_PAST, MAX_NEWS = 0.4, 0.3
"""Of 100 words. Of 240 pages from the web, mostly guides, lists and reviews, 151 have less of both; of the
645 ECB+ news texts that are long enough, four (November 2026)."""

_WORD = re.compile(r"[a-z]+")
# Forms that are nothing else than past: "found", "made" stand in guides as participles.
_PAST = frozenset(form for form, kinds in verb_forms().items() if kinds == "d") | {
    "were",
    "had",
    "said",
    "told",
}
_NEWS = word_list("told_as_news")


def tells_no_event(text: str) -> bool:
    """Judge an English text, title and all, by its verbs and words."""
    words = _WORD.findall(text.lower())
    if len(words) < MIN_WORDS:
        return False
    past = sum(word in _PAST for word in words)
    news = sum(word in _NEWS for word in words)
    return 100 * past < MAX_PAST * len(words) and 100 * news < MAX_NEWS * len(words)
