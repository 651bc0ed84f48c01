"""Is one text a copy of another? Decided from the MinHash signatures of both (`are_copies`), and where these
are near, from what each text has of its own (stories.templates).

The measure that closest, stories and novelty go by (`measure`) does not decide it, for three reasons.
- It asks what a text is about, a copy is the same wording. Of 29 copies among 1,222 texts (ECB+ and the
  pages, November 2026) the least alike in words and names is at .85; 25 pairs of others are as near, two
  reports of one match among them, and the best threshold errs 7 times.
- It depends on the archive: how rare a word is changes as articles come, and with it what would be a copy.
  Here the two texts alone decide, for good: which article is the original must not change.
- An import decides before anything is weighed.
"""

import numpy as np
from numpy.typing import NDArray

Signatures = NDArray[np.uint32]
"""Shape (n, 128)."""

MIN_COPY = 0.6
"""Guards against taking reports of one template (prices, weather) for copies: such pairs share up to half
of their shingles, edited copies of one agency text .7 and more. Re-run tests/articles/test_dedupe.py before
changing it."""

MIN_SAME_PAGE = 0.4
"""For two pages that name the same canonical address: cut, extended or corrected versions still count."""


def similarity(one: Signatures, other: Signatures) -> NDArray[np.float64]:
    """Estimate the Jaccard similarity of two texts' shingles, 0..1, on the last axis; error .04."""
    equal: NDArray[np.float64] = (one == other).mean(axis=-1)
    return equal


def are_copies(one: Signatures, other: Signatures) -> NDArray[np.bool_]:
    """Say whether texts repeat each other, on the last axis."""
    return np.asarray(similarity(one, other) >= MIN_COPY, dtype=np.bool_)


def is_same_page(one: Signatures, other: Signatures) -> bool:
    """Say whether two texts that name one canonical address are versions of one page."""
    return bool(similarity(one, other) >= MIN_SAME_PAGE)
