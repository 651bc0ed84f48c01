"""What a model says of ten years ahead: judged for shape, repetition and generality, never for truth.

Rules: a statement of 2 to 15 words; it has a word of the article, but does not say its row again, nor what
another row has. What could be said of everything is refused: by its words, of which too few say anything in
particular beside the row's own, and by how often the archive has it already.

What other stories of the same run have is seen where drafts are made (issues/repeated.py).

Known exceptions: a bold jump to quite another matter shares no word with its article and is refused; of 419
judgements by careful readers that befell 6 (November 2026).
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from digest.analysis.imperatives import is_imperative
from digest.language.relations import root
from digest.language.tags import tag_sentences
from digest.language.wordings import are_alike, roots_of
from digest.language.words import count_words, split_words

FEWEST_WORDS, MOST_WORDS = 2, 15  # by the shape of an entry page
PARTICULAR = 2
"""Words that say something in particular a judgement must have: "more regulation of AI" has none;
judgement."""
SAID_AGAIN = 0.8
"""Share of a judgement's words that the row has, from which on it says the row again; judgement."""
OFTEN = 3
"""Times the archive has a judgement, from which on it is one of everything; judgement."""

GENERAL = frozenset(
    root(word)
    for word in (
        "more", "less", "further", "greater", "increased", "increase", "increasing", "increasingly",
        "growing", "growth", "grow", "rise", "rising", "wider", "widespread", "wide", "broad", "broader",
        "common", "commonplace", "mainstream", "normal", "norm", "standard", "ubiquitous", "everywhere",
        "everyday", "everyone", "routine", "regulation", "regulations", "regulate", "rules", "laws",
        "policy", "policies", "adoption", "adopt", "use", "usage", "demand", "awareness", "interest",
        "attention", "focus", "importance", "important", "role", "key", "major", "significant",
        "significantly", "impact", "change", "changes", "transform", "transformation", "revolution",
        "revolutionize", "revolutionise", "reshape", "disrupt", "disruption", "improve", "improvement",
        "better", "advance", "advanced", "advancement", "progress", "develop", "development", "innovation",
        "innovative", "opportunity", "opportunities", "challenge", "challenges", "future", "world",
        "worldwide", "global", "globally", "society", "industry", "industries", "sector", "sectors",
        "market", "markets", "economy", "company", "companies", "business", "businesses", "organisation",
        "organization", "organisations", "organizations", "government", "governments", "people", "consumer",
        "consumers", "user", "users", "technology", "technologies", "tech", "digital", "ai", "artificial",
        "intelligence", "system", "systems", "solution", "solutions", "tool", "tools", "service", "services",
        "become", "becomes", "remain", "continue", "continues", "expand", "expansion", "spread",
        "accelerate", "evolve", "lead", "leads", "drive", "shape", "define", "play", "see", "make", "new",
        "next", "decade", "ten", "years", "year", "life", "lives", "daily", "part", "integral", "essential",
        "integration", "integrated", "collaboration", "investment", "sustainability", "sustainable",
        "efficiency", "efficient", "way", "ways", "many", "most", "all",
    )
)  # fmt: skip
"""Words that fit anything: alone they say nothing of ten years ahead."""


def refuse(
    text: str, *, row: str, article: str, others: Sequence[str] = (), seen: Mapping[str, int] | None = None
) -> str:
    """Say why a judgement about ten years ahead is refused; empty for one that may stand.

    Args:
        text: The judgement.
        row: The row's other cells.
        article: Its title and text.
        others: Judgements of the rows above.
        seen: How often the archive has each judgement, by `key_of_judgement`.
    """
    words = count_words(text)
    if not FEWEST_WORDS <= words <= MOST_WORDS:
        return f"{words} word{'' if words == 1 else 's'}, expected {FEWEST_WORDS} to {MOST_WORDS}"
    (tagged,) = tag_sentences([split_words(text)])
    if "?" in text or is_imperative(tagged):
        return "no statement"
    own, said = roots_of(text), roots_of(row)
    if len(own - GENERAL) < PARTICULAR or (seen or {}).get(key_of_judgement(text), 0) >= OFTEN:
        return "could be said of everything"
    if len(own & said) >= SAID_AGAIN * len(own):
        return "says the row again"
    if own - GENERAL <= said:
        return "adds to the row what could be said of everything"
    if not own & (said | roots_of(article)) - GENERAL:
        return "not about this article"
    if any(are_alike(own, other) for other in map(roots_of, others)):
        return "says what another row says"
    return ""


def key_of_judgement(text: str) -> str:
    """Give what two wordings of one judgement have in common: the roots of their words, in order of
    letters."""
    return " ".join(sorted(roots_of(text)))


def counted_judgements(texts: Sequence[str]) -> Counter[str]:
    """Count judgements of the archive."""
    return Counter(map(key_of_judgement, texts))
