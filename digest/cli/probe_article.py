"""A short article whose rows are known, and what an answer about it is worth.

The article is the project's own. Beside what it reports it has what models fall for: a heading, history, a
plan of which nothing came, a figure for another thing, an opinion, and a sentence of what did not change.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from digest.cli.diagnosis import Finding
from digest.language.counts import counted

if TYPE_CHECKING:
    from digest.analysis.by_model.answer import Answer, Said
    from digest.records import Article, ModelRequest

TITLE = "Harbour town heats its school with ferries' batteries"
TEXT = """The harbour town of Ostervik has begun to heat its school with batteries taken out of old ferries.
Since Monday, 48 used battery packs have stored power from the town's wind turbine at night.
The school now buys 62 percent less oil than it did last winter, according to the town's accounts.

How it came about

Ostervik was founded in 1874 as a fishing village.
A plan to burn wood chips was dropped in 2019 because the smoke would have drifted over the hospital.
Sundline replaced the batteries of four ferries in March because they had lost a fifth of their capacity.
Recycling them would have cost the company 310,000 euros, so it gave them to the town for nothing.

What comes next

The town council decided on Thursday to set aside 1.2 million euros for a second store by the hospital.
Sundline said it would hand over the batteries of nine more ferries by 2029.
The insurer Norlag refuses to cover stores within 20 metres of a building, and its rule has not changed.
"I think every harbour should do this," said the head teacher, Ines Dahl.
The pupils wrote a song about it."""

KNOWN: tuple[frozenset[int], ...] = (
    frozenset({1, 2}),
    frozenset({3}),
    frozenset({7, 8}),
    frozenset({10}),
    frozenset({11}),
)
"""The sentences that each row may rest on: used batteries heat a school, less oil is bought, the batteries
were given away, a second store is paid for, more batteries are promised."""

NOT_ROWS = frozenset({5, 6, 12, 13, 14})
"""Sentences that report no change."""

GOOD, FAIR = 0.8, 0.4
"""Shares of the known rows that a good and a fair answer have: four and two of five; judgement."""

MOST_WRONG_GOOD, MOST_WRONG_FAIR = 0.1, 0.3
"""Shares of the statements that may fail the checks: of one answer's twenty, two and six; judgement."""


def article() -> "Article":
    """Give the article."""
    from digest.articles.given import article_of_text

    return article_of_text(id="probe", url="https://example.org/ostervik", title=TITLE, text=TEXT)


def question(workspace: Path, language: str) -> "ModelRequest":
    """Ask about the article as about any other, with the workspace's own prompt and themes."""
    import secrets

    from digest.analysis.by_model.numbered import number
    from digest.analysis.by_model.requests import build_request, compile_analyze
    from digest.workspace.model_prompts import load_model_prompt
    from digest.workspace.prompt_files import load_themes

    return build_request(
        number(article()),
        compile_analyze(load_model_prompt(workspace)),
        load_themes(workspace),
        language=language,
        marker=secrets.token_hex(8),
    )


def grade(text: str) -> Finding:
    """Say what an answer about the article is worth: rows found, wrong numbers, statements refused."""
    from digest.analysis.by_model.answer import read_answer
    from digest.analysis.by_model.numbered import number
    from digest.analysis.by_model.support import judge

    answer, problems = read_answer(text)
    if answer is None:
        return Finding("quality", False, f"no answer to be used: {'; '.join(problems)}; use another model")
    numbered = number(article())
    said = list(_statements(answer))
    rows = [frozenset(row.signal.numbers) for row in answer.signals]
    recall = sum(any(row & known for row in rows) for known in KNOWN) / len(KNOWN)
    beside = sum(bool(row) and row <= NOT_ROWS for row in rows)
    lost = sum(not set(each.numbers) <= numbered.citable for each, _ in said)
    refused = sum(judge(each, numbered, is_sentence=whole).state == "refused" for each, whole in said)
    share = max(lost, refused) / max(1, len(said))
    if recall >= GOOD and share <= MOST_WRONG_GOOD and beside <= 1:
        word = "good"
    elif recall >= FAIR and share <= MOST_WRONG_FAIR:
        word = "fair"
    else:
        word = "poor; use another model"
    return Finding(
        "quality",
        not word.startswith("poor"),
        f"{word}: {round(recall * len(KNOWN))} of {len(KNOWN)} known rows, "
        f"{counted(beside, 'row', 'rows')} of no change, {lost} of {len(said)} statements with wrong "
        f"sentence numbers, {refused} that the checks refuse",
    )


def _statements(answer: "Answer") -> "Iterator[tuple[Said, bool]]":
    """Give what must rest on sentences, and whether it is a sentence itself or a phrase."""
    yield from ((each, True) for each in answer.summary)
    for row in answer.signals:
        cells = ((row.signal, True), (row.change, False), (row.driving_force, False))
        yield from ((each, whole) for each, whole in cells if each.text)
