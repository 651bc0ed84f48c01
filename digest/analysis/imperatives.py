"""Whether a sentence tells the reader to do something."""

from collections.abc import Sequence

from digest.language.verbs import verb_forms
from digest.language.wordlists import word_list
from digest.language.words import Word

IMPERATIVES = word_list("imperatives")


def is_imperative(words: Sequence[Word]) -> bool:
    """Say whether a sentence tells the reader to do something."""
    plain = [word for word in words if word.text[0].isalnum()]
    if len(plain) < 2:
        return False
    first, second = plain[0], plain[1]
    if first.lower in IMPERATIVES and second.lower in ("by", "with"):
        return first.tag != "NP"
    if first.lower in IMPERATIVES:
        return first.tag != "NP" and (
            second.tag not in ("V", "X", "M", "P") or first.lower in ("don't", "be")
        )
    if "b" not in verb_forms().get(first.lower, "") or first.tag == "NP":
        return False
    return second.tag in ("D", "R") or first.lower.endswith(("ate", "ize", "ise", "ify"))
