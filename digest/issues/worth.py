"""Where a story stands in the issue: by the strength of its signals and by how new they are.

Rules: what is done weighs more than what is promised, that more than what is proposed, and opinion least;
what the archive has not seen before weighs twice what it has; each further publisher that says the same adds
a little. The first row, which the overview shows, speaks for its story: were it the best of all, a doubtful
sixth row on something else would lift its story to the top, for nothing is as new. A story without rows comes
after all others. Equal ones stay in the order of the feeds.
"""

import math

from digest.records import Analysis, ClaimStrength, Signal

STRENGTHS: dict[ClaimStrength, float] = {"done": 1.0, "committed": 0.8, "proposed": 0.5, "opinion": 0.2}
"""What each strength of a claim counts; their order is the point, the steps are judgement."""

SECOND_PUBLISHER = 0.2
"""What doubling the publishers adds: less than the step from a promise to a deed."""

UNKNOWN_NOVELTY = 0.5
"""Of a row that was not held against the archive."""


def worth_of(analysis: Analysis) -> tuple[int, str]:
    """Give what a story is worth, and why.

    Args:
        analysis: Of its leading article, with novelty and sources (see `stories.novelty`).

    Returns:
        0 for a story without rows, else up to about 3,000; and the reason, such as `done, novelty .83`.
    """
    if not analysis.signals:
        return 0, "reports no change"
    first = analysis.signals[0]
    return round(1000 * _worth(first)), _why(first)


def _worth(signal: Signal) -> float:
    novelty = UNKNOWN_NOVELTY if signal.novelty is None else signal.novelty
    return STRENGTHS[signal.claim_strength] * (1 + novelty) + SECOND_PUBLISHER * math.log2(signal.sources)


def _why(signal: Signal) -> str:
    said: list[str] = [signal.claim_strength]
    if signal.novelty is not None:
        said.append(f"novelty {signal.novelty:.2f}".replace("0.", ".", 1))
    if signal.sources > 1:
        said.append(f"{signal.sources} publishers")
    return ", ".join(said)
