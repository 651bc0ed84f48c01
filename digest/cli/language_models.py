"""Making what asks the language model that a workspace is set to, and the options that go with it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli import common

if TYPE_CHECKING:
    from digest.language_model.asking import Asker
    from digest.language_model.batches import Batches
    from digest.language_model.bounding import Price
    from digest.language_model.kept import KeptModel
    from digest.ports import LanguageModel
    from digest.store import Store
    from digest.workspace.config import Config

RECORDED = "recorded:"
"""Begins the name of a model that is a folder of answers."""

AskAgain = Annotated[
    bool,
    typer.Option("--ask-again", help="Ask a model again what a killed run had asked, and perhaps paid for."),
]
Batch = Annotated[
    bool,
    typer.Option(
        "--batch",
        help="Hand questions to a model over together, at half the price; a later run has the answers.",
    ),
]
Record = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Write each of a model's answers into a file of this folder of the workspace, as "
        "`language_model: recorded:FOLDER` reads them.",
    ),
]


class Refreshed(StrEnum):
    """What is made anew though it is there."""

    analysis = "analysis"


Refresh = Annotated[
    Refreshed | None,
    typer.Option(help="Analyze pending drafts anew; a model is asked anew too, whatever it answered before."),
]


@dataclass(frozen=True)
class Asking:
    """How a command asks a language model."""

    refreshes: bool = False
    """Whether answers kept by earlier runs do not count."""
    asks_again: bool = False
    """Whether questions are sent again that a killed run may have paid for."""
    record: Path | None = None
    """Where answers are written too; as seen from the workspace, as `recorded:` names it."""
    is_batch: bool = False
    """Whether questions are handed over together."""


USUALLY = Asking()


def language_model_of(folder: Path, config: "Config") -> "LanguageModel":
    """Make the language model a workspace is set to; nothing is asked of it yet.

    Raises:
        ConfigError: none is named, there is no such provider, or no key.
    """
    from digest.adapters.language_models import language_model_named
    from digest.adapters.recorded import RecordedAnswers
    from digest.errors import ConfigError

    settings = config.settings
    name = settings.language_model
    if not name:
        raise ConfigError(
            "feeds.yaml: settings.language_model: missing; name one, such as openai:gpt-5-mini or "
            "ollama:qwen3:8b"
        )
    if name.startswith(RECORDED):
        path = Path(name.removeprefix(RECORDED))
        if not (folder / path).is_dir():
            raise ConfigError(
                f"language_model {name}: no folder of that name in the workspace; record answers "
                "into one with: digest run --record FOLDER"
            )
        # Drafts and reports are read elsewhere too, where a path of this machine says nothing.
        return RecordedAnswers(folder / path, name=path.name if path.is_absolute() else path.as_posix())
    return language_model_named(
        name, base_url=settings.language_model_url, allow_hosts=settings.allow_hosts, proxy=settings.proxy
    )


def price_in(config: "Config", *, is_batch: bool = False) -> "Price":
    """Give what the tokens of a workspace's language model cost.

    Raises:
        ConfigError: nobody knows.
    """
    from digest.adapters.genai_prices import price_of

    settings = config.settings
    own = settings.language_model_price
    return price_of(
        settings.language_model,
        now=common.utc_now(),
        own=(own.input, own.output) if own else None,
        url=settings.language_model_url,
        is_batch=is_batch,
    )


def asker_of(folder: Path, config: "Config", store: "Store", asking: Asking = USUALLY) -> "Asker":
    """Make what asks a workspace's language model within its settings; close it in the loop it was used in.

    Args:
        folder: The workspace.
        config: Its settings.
        store: Its archive, where answers are kept.
        asking: How; where that is in a batch, its `hand_over` is called at the end.

    Raises:
        ConfigError: no such model, no key, it takes no batches, or nobody knows what it costs.
    """
    from digest.adapters.recorded import RecordedAnswers
    from digest.language_model.asking import Asker, Limits
    from digest.language_model.pacing import Clock

    settings = config.settings
    return Asker(
        language_model_of(folder, config),
        store.model_calls,
        price_in(config),
        Limits(
            nanodollars(settings.budget.run),
            nanodollars(settings.budget.month),
            settings.language_model_calls_at_once,
            settings.language_model_calls_per_minute,
        ),
        Clock(common.utc_now),
        refreshes=asking.refreshes,
        asks_again=asking.asks_again,
        copy=RecordedAnswers(folder / asking.record).keep if asking.record else None,
        batches=_batches_of(config, store) if asking.is_batch or _has_batches(config, store) else None,
        hands_over=asking.is_batch,
    )


def kept_model_of(model: "LanguageModel", config: "Config", store: "Store", *, purpose: str) -> "KeptModel":
    """Have each answer of a model kept in the archive with its price, within the settings' budget."""
    from digest.language_model.asking import Limits
    from digest.language_model.kept import KeptModel
    from digest.language_model.pacing import Clock

    budget = config.settings.budget
    limits = Limits(nanodollars(budget.run), nanodollars(budget.month))
    return KeptModel(
        model, store.model_calls, price_in(config), limits, Clock(common.utc_now), purpose=purpose
    )


def _has_batches(config: "Config", store: "Store") -> bool:
    """Tell whether answers of a batch may have come."""
    return bool(store.model_calls.in_batches(config.settings.language_model))


def _batches_of(config: "Config", store: "Store") -> "Batches":
    from digest.adapters.language_models import batch_model_named
    from digest.language_model.batches import Batches
    from digest.language_model.pacing import Clock

    settings = config.settings
    model = batch_model_named(
        settings.language_model,
        base_url=settings.language_model_url,
        allow_hosts=settings.allow_hosts,
        proxy=settings.proxy,
    )
    return Batches(model, store.model_calls, price_in(config, is_batch=True), Clock(common.utc_now))


def nanodollars(dollars: float) -> int:
    """Give an amount of money as the archive counts it."""
    return round(dollars * 1e9)
