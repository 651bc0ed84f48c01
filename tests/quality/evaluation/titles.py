"""Titles an entry would carry: short, calm, without the site's name."""

import re
from collections.abc import Sequence

from tests.quality.evaluation.figures import Figure, Section, faults, share
from tests.quality.evaluation.observe import Observed

MOST_WORDS = 12
DANGLING = re.compile(
    r"\b(?:the|a|an|of|in|on|at|for|to|by|with|from|and|or|but|is|are|was|be|as|that|which|who|its|their|your"
    r"|than|into|over|vs|will|can|how|why|what)$",
    re.IGNORECASE,
)
TAIL = re.compile(r"\s(?:\||»|::)\s")


def measure_titles(observed: Sequence[Observed]) -> Section:
    """Count what is wrong with the titles, and how many stay as they were."""
    titles = [(each.article, each.analysis.title) for each in observed]
    long = [a.id for a, title in titles if len(title.split()) > MOST_WORDS]
    site = [a.id for a, title in titles if TAIL.search(title) or _ends_in_site(title, a.url)]
    loud = [a.id for a, title in titles if _is_loud(title)]
    cut = [a.id for a, title in titles if not _same(title, a.title) and DANGLING.search(title)]
    kept = sum(_same(title, a.title) for a, title in titles)
    return Section(
        "titles",
        f"{len(titles)} titles, as an entry carries them",
        (
            faults("long", f"of more than {MOST_WORDS} words", long),
            faults("site", "that still name their site", site),
            faults("loud", "that shout", loud),
            faults("cut", "cut so that they dangle", cut),
            Figure("kept", "kept as the page has them", share(kept, len(titles)), "share", is_pinned=False),
        ),
    )


def _same(title: str, given: str) -> bool:
    return title == " ".join(given.split())


def _is_loud(title: str) -> bool:
    letters = [c for c in title if c.isalpha()]
    return "!" in title or (len(title.split()) > 2 and sum(c.isupper() for c in letters) > 0.7 * len(letters))


def _ends_in_site(title: str, url: str) -> bool:
    """Whether the last part after a dash is the host's name."""
    parts = re.split(r"\s[-–—]\s", title)
    host = re.sub(r"^https?://(?:www\.)?|[/:].*$", "", url.lower()).rsplit(".", 1)[0]
    tail = re.sub(r"[^a-z0-9]", "", parts[-1].lower())
    return len(parts) > 1 and len(tail) > 2 and tail in re.sub(r"[^a-z0-9]", "", host)
