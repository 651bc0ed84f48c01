"""English verbs with their forms: what lets a sentence be read without a parser.

Some 1,400 verbs of news prose, written by hand, stand in data/verbs.txt. A word that is not here can still
be taken for a verb by its ending (-ed, -ing) or by its place (after "to", after "will"); tags.py decides.
"""

from functools import cache

from digest.language.wordlists import entries, word_list

# Last consonant doubled before -ed and -ing.
DOUBLING = word_list("doubling")


def third_person(base: str) -> str:
    """Give the -s form: tries, watches, rises."""
    if base.endswith("y") and base[-2:-1] not in "aeiou":
        return base[:-1] + "ies"
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        return base + "es"
    return base + "s"


def regular_past(base: str) -> str:
    """Give the -ed form: tried, stopped, moved."""
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2:-1] not in "aeiou":
        return base[:-1] + "ied"
    return base + (base[-1] if base in DOUBLING else "") + "ed"


def gerund(base: str) -> str:
    """Give the -ing form: trying, stopping, moving."""
    if base.endswith("ie"):
        return base[:-2] + "ying"
    if base.endswith("e") and not base.endswith(("ee", "oe", "ye")):
        return base[:-1] + "ing"
    return base + (base[-1] if base in DOUBLING else "") + "ing"


@cache
def verb_forms() -> dict[str, str]:
    """Map every form to its kinds, letters joined: b base, s third person, d past, n participle, g -ing."""
    forms: dict[str, set[str]] = {}

    def add(form: str, kind: str) -> None:
        forms.setdefault(form, set()).add(kind)

    for triple in entries("irregular_verbs"):
        base, past, participle = triple.split("/")
        for form, kind in ((base, "b"), (third_person(base), "s"), (past, "d"), (participle, "n")):
            add(form, kind)
        add(gerund(base), "g")
    for base in entries("regular_verbs"):
        past = regular_past(base)
        for form, kind in (
            (base, "b"),
            (third_person(base), "s"),
            (past, "d"),
            (past, "n"),
            (gerund(base), "g"),
        ):
            add(form, kind)
    for form, kind in (("begun", "n"), ("beginning", "g"), ("got", "n"), ("lying", "g"), ("dying", "g")):
        add(form, kind)
    return {form: "".join(sorted(kinds)) for form, kinds in forms.items()}
