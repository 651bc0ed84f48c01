"""What an embedding model makes of texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Shape (n, d), rows L2-normalised unless said otherwise."""


class VectorRows(NamedTuple):
    """Vectors of articles of the archive, all as of one moment."""

    places: NDArray[np.int64]
    """Shape (n,), ascending."""
    vectors: Vectors
    """Shape (n, d); (0, 0) if there are none."""
    without: NDArray[np.int64]
    """Places of the articles asked for that have none, ascending."""
    newest: int
    """The highest version of any article's words."""
    counted: int
    """How many articles have their words counted."""


@dataclass(frozen=True)
class TokenVectors:
    """Contextual vectors of every token of one text, from one pass of the model."""

    starts: NDArray[np.int32]
    """Shape (t,): character offset where each token starts; ascending."""
    ends: NDArray[np.int32]
    """Shape (t,): exclusive ends."""
    vectors: NDArray[np.float32]
    """Shape (t, d), not normalised; tokens of overlapping windows averaged."""
    model_id: str = ""
    """The embedder's, empty where not known. What was learned from one model's vectors means nothing for
    another's."""

    def pool(self, spans: Sequence[tuple[int, int]]) -> Vectors:
        """Mean-pool the tokens inside each character span and L2-normalise.

        Args:
            spans: (start, end) offsets, end exclusive.

        Returns:
            Shape (len(spans), d), float32; a row of zeros for a span that holds no token.
        """
        width = self.vectors.shape[1] if self.vectors.ndim == 2 else 0
        sums = np.zeros((len(self.starts) + 1, width), dtype=np.float64)
        # Widened first: summing while widening takes twice as long.
        np.cumsum(self.vectors.astype(np.float64), axis=0, out=sums[1:])
        out = np.zeros((len(spans), width), dtype=np.float32)
        for row, (start, end) in enumerate(spans):
            first = int(np.searchsorted(self.ends, start, side="right"))
            last = int(np.searchsorted(self.starts, end, side="left"))
            if last > first:
                mean = (sums[last] - sums[first]) / (last - first)
                norm = float(np.linalg.norm(mean))
                out[row] = mean / norm if norm else 0.0
        return out

    def whole(self, text: str) -> NDArray[np.float32]:
        """Pool all tokens of the text they belong to. Shape (d,), L2-normalised."""
        row: NDArray[np.float32] = self.pool([(0, len(text))])[0]
        return row
