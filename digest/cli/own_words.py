"""Having a language model write an issue's or a review's own words: what both commands share."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from digest.cli.printing import say

if TYPE_CHECKING:
    from digest.analysis.by_model.issue_words import Introduced, Piece
    from digest.language_model.asking import Asker
    from digest.records import IssueEntry
    from digest.workspace.config import Config


async def written_words(
    folder: Path,
    config: "Config",
    asker: "Asker",
    piece: "Piece",
    prompt_name: str,
    name: str,
    entries: "Sequence[IssueEntry]",
    themes: "Sequence[str]",
) -> "Introduced":
    """Ask, and give what the entries bear out.

    Args:
        folder: The workspace.
        config: Its settings.
        asker: Of the language model; it is closed.
        piece: What is asked for.
        prompt_name: The prompt file that asks for it.
        name: Of the issue or the review, under which questions are kept.
        entries: The most important first.
        themes: Of an issue those that get a line; of a review what it is about.

    Raises:
        ModelError: there is no answer, or none that can be read.
    """
    from digest.analysis.by_model.issue_words import EntryWords, Introducer, compile_piece, sources_of
    from digest.cli.model_analysis import ask_with, new_marker
    from digest.issues.opening import told_of
    from digest.workspace.model_prompts import load_model_prompt

    language = config.newsletter.language
    try:
        prompt = load_model_prompt(folder, prompt_name)
        told = [EntryWords(each.id, each.theme, told_of(each.entry, language)) for each in entries]
        sources = sources_of(told, name, language, characters=prompt.part_characters)
        compiled = compile_piece(prompt, piece)
        introducer = Introducer(ask_with(asker), new_marker, asker.count_failures, compiled, language, piece)
        return await introducer.introduce(sources, themes)
    finally:
        await asker.close()


def say_counts(asker: "Asker") -> None:
    """Say what was asked and what it cost."""
    from digest.language_model.telling import notes_of

    # What a budget kept from being asked is told as why there are no words: no rules stand in for them.
    for line in notes_of(replace(asker.counts, over_budget=0), asker.model_id):
        say(line)
