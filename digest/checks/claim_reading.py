"""A claim or a document as the finders see it: read once, with all that they look for in it."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from digest.checks.claim_dates import Dates
from digest.checks.claim_denials import denials_of, denied_by, denying_of, negations_of
from digest.checks.claim_names import Name, names_of
from digest.checks.claim_wording import Wording, words_beside
from digest.checks.measure_ranges import joined
from digest.checks.measures import Figures, Measure, measures
from digest.checks.quantities import Quantities


@dataclass(frozen=True)
class ReadText(Wording):
    """A text, read once; each part is worked out when a finder first asks for it."""

    @cached_property
    def names(self) -> list[Name]:
        """Its names, in order."""
        return names_of(self)

    @cached_property
    def name_words(self) -> frozenset[int]:
        """Positions of the words of its names."""
        return frozenset(at for name in self.names for at in range(name.first, name.last + 1))

    @cached_property
    def measure_starts(self) -> list[int]:
        """Offset of each measure."""
        return [each.start for each in self.measures]

    @cached_property
    def dates(self) -> Dates:
        """What it names of dates."""
        return Dates(self)

    @cached_property
    def quantities(self) -> Quantities:
        """Its numbers, word by word."""
        return Quantities(self)

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """Its figures with units and signs, in order."""
        return joined(self.text, measures(self.text))

    @cached_property
    def figures(self) -> Figures:
        """The same, each once, by value."""
        return Figures(self.measures)

    @cached_property
    def beside(self) -> dict[Measure, list[tuple[int, str]]]:
        """Of each measure, side and root of the nearest content words."""
        return {each: words_beside(self, each.start, each.end) for each in self.measures}

    @cached_property
    def values_beside(self) -> dict[tuple[int, str], set[float]]:
        """By side and root of a content word: the values of the measures it stands beside."""
        found: dict[tuple[int, str], set[float]] = {}
        for each, keys in self.beside.items():
            for key in keys:
                found.setdefault(key, set()).add(each.value)
        return found

    @cached_property
    def negations(self) -> list[int]:
        """Where words stand that deny."""
        return negations_of(self)

    @cached_property
    def denials(self) -> list[int]:
        """The same without those that deny nothing: "not only"."""
        return denials_of(self, self.negations)

    @cached_property
    def denying(self) -> list[int]:
        """Where words stand that deny, or mean a denial: "refuse"."""
        return denying_of(self, self.negations)

    @cached_property
    def denied(self) -> dict[int, int]:
        """Of each word that is denied: where the word stands that denies it."""
        return denied_by(self, self.denials)

    @cached_property
    def letters(self) -> frozenset[str]:
        """Every word, and every two or three neighbours, by their letters alone: for U.S., e-mail,
        BestInsurance."""
        letters = [re.sub(r"[^a-z0-9]", "", word.lower) for word in self.words]
        threes = (a + b + c for a, b, c in zip(letters, letters[1:], letters[2:], strict=False))
        return frozenset(letters) | {a + b for a, b in pairwise(letters)} | set(threes)

    @cached_property
    def sorted_roots(self) -> list[str]:
        """Its roots, each once, sorted: those of one beginning stand together."""
        return sorted(self.positions)


@lru_cache(maxsize=16)
def read(text: str) -> ReadText:
    """Read a text. The last few are kept, because many claims are checked against one document."""
    return ReadText.of(text)
