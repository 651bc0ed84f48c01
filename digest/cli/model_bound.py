"""What a run's questions to a language model may cost at most, before anything is sent."""

from pathlib import Path
from typing import TYPE_CHECKING

from digest.cli import common
from digest.cli.language_models import nanodollars, price_in
from digest.language.counts import dollars

if TYPE_CHECKING:
    from digest.records import ModelRequest
    from digest.store import Store
    from digest.workspace.config import Config

USUAL_CHARACTERS = 6_000
"""Of an article, where the archive has none to go by: some thousand words; judgement."""

USUAL_CALLS = 1.5
"""For an article: every second answer has something that is asked about once more; judgement."""

USUAL_SHARE = 4
"""Characters of a token of English; and a usual answer is one in so many of the longest allowed."""

NEWEST = 200
"""Articles of the archive that say how long one usually is: some weeks of them."""


def bound_of_run(folder: Path, config: "Config", store: "Store", articles: int, *, is_batch: bool) -> str:
    """Say what analyzing so many articles that nobody has read may cost at most, and what it usually does.

    Raises:
        ConfigError: the prompt file is wrong, or nobody knows what the model costs.
    """
    from digest.language_model.bounding import upper_bound
    from digest.language_model.telling import told_bound
    from digest.records import Usage
    from digest.store.model_calls import month_of
    from digest.workspace.model_prompts import load_model_prompt

    prompt, price, budget = (
        load_model_prompt(folder),
        price_in(config, is_batch=is_batch),
        config.settings.budget,
    )
    longest = _longest(folder, prompt.body, prompt.part_characters, prompt.answer_tokens)
    # A long article is read in parts, whose records another call joins; no other has more than two calls.
    calls_each = max(2, prompt.parts + 1) if prompt.parts > 1 else 2
    bound = upper_bound([longest] * articles, price, calls_each=calls_each)
    characters = store.articles.usual_length(NEWEST) or USUAL_CHARACTERS
    tokens = (len(longest.system) + characters) // USUAL_SHARE
    usually = price(Usage(tokens, prompt.answer_tokens // USUAL_SHARE)) * articles * USUAL_CALLS
    spent = store.model_calls.spent(since=month_of(common.utc_now()))
    told = told_bound(
        bound,
        config.settings.language_model,
        most_run=nanodollars(budget.run),
        left_of_month=nanodollars(budget.month) - spent,
    )
    return f"{told}; about {dollars(round(usually))} for articles of usual length"


def _longest(folder: Path, body: str, characters: int, answer_tokens: int) -> "ModelRequest":
    """Make the longest question there may be about a part of an article."""
    from digest.analysis.by_model.schema import ANSWER_NAME, ANSWER_SCHEMA
    from digest.records import ModelRequest
    from digest.workspace.prompt_files import load_themes

    themes = " | ".join(each.theme for each in load_themes(folder))
    # Four bytes are the longest character, and a short line of plain letters with its number.
    return ModelRequest(
        f"{body}{themes}", "x" * 4 * characters, ANSWER_SCHEMA, ANSWER_NAME, answer_tokens, timeout_s=1
    )
