"""Making the language model that analyzes articles, as a workspace is set to it."""

import asyncio
import secrets
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.cli.language_models import USUALLY, Asking, asker_of
from digest.errors import AnswerError

if TYPE_CHECKING:
    from digest.analysis.by_model.conversation import Analyst, Ask
    from digest.intake import ModelAnalyzer
    from digest.language_model.asking import Asker
    from digest.records import ModelRequest, ModelResponse
    from digest.store import Store
    from digest.workspace.config import Config

MARKER_BYTES = 8
"""Of a marker: nobody guesses sixteen digits that are made anew for each call."""

MOST_DRAFTS = 1000
"""Newest drafts whose judgements about ten years ahead are counted: a year of a weekly newsletter."""


@contextmanager
def model_analyzer_of(
    folder: Path,
    config: "Config",
    store: "Store",
    workers: Executor,
    rules: str,
    asking: Asking = USUALLY,
) -> "Iterator[ModelAnalyzer | None]":
    """Give the language model that analyzes articles, None where the rules do; its thread ends here too.

    Args:
        folder: The workspace.
        config: Its settings.
        store: Its archive.
        workers: Where answers are checked.
        rules: Name of the rules' analyzer.
        asking: How it is asked.

    Raises:
        ConfigError: no such model, no key, no price, or the prompt file is wrong.
    """
    if config.settings.analyzer != "model":
        yield None
        return
    from digest.intake import ModelAnalyzer
    from digest.language_model.loop import AskingThread

    asker = asker_of(folder, config, store, asking)
    analyst = _analyst(folder, config, store, asker, workers, rules)
    thread = AskingThread(asker.close)

    def finish() -> str:
        try:
            thread.submit(asker.hand_over()).result()
        except AnswerError as error:
            return str(error)
        return ""

    try:
        yield ModelAnalyzer(analyst, thread, asker.model_id, rules, lambda: asker.counts, finish)
    finally:
        thread.close()


def _analyst(
    folder: Path, config: "Config", store: "Store", asker: "Asker", workers: Executor, rules: str
) -> "Analyst":
    from digest.analysis.by_model.conversation import Analyst
    from digest.analysis.by_model.judgement import counted_judgements
    from digest.analysis.by_model.requests import compile_analyze, model_analyzer_id
    from digest.workspace.model_prompts import load_model_prompt
    from digest.workspace.prompt_files import load_themes

    prompt = load_model_prompt(folder)
    return Analyst(
        ask=ask_with(asker),
        elsewhere=_elsewhere(workers),
        new_marker=new_marker,
        count=asker.count_failures,
        compiled=compile_analyze(prompt),
        themes=load_themes(folder),
        language=config.newsletter.language,
        analyzer=model_analyzer_id(asker.model_id, prompt, rules),
        seen=counted_judgements(_judgements(store)),
    )


def new_marker() -> str:
    """Make what stands around data in a question, anew for each."""
    return secrets.token_hex(MARKER_BYTES)


def ask_with(asker: "Asker") -> "Ask":
    """Give the way to ask questions whose answers are kept under what they are made of."""
    from digest.language_model.asking import question_key

    async def ask(
        request: "ModelRequest", parts: Mapping[str, Any], *, purpose: str, about: str, prompt: str
    ) -> "ModelResponse":
        return await asker.ask(
            request, key=question_key(**parts), purpose=purpose, about=about, prompt=prompt
        )

    return ask


def _elsewhere(workers: Executor) -> Callable[..., Any]:
    async def elsewhere(function: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.wrap_future(workers.submit(function, *arguments))

    return elsewhere


def _judgements(store: "Store") -> list[str]:
    """Give what the newest drafts say of ten years ahead without an article's saying it."""
    ids = [row.id for row in sorted(store.drafts.drafts(), key=lambda row: row.issue)][-MOST_DRAFTS:]
    return [
        row.horizon_10y
        for analysis in store.articles.analyses_for(ids).values()
        for row in analysis.signals
        if row.basis.horizon_10y == "suggested"
    ]
