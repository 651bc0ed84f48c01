"""List prices of language models, from the library's own tables: nothing is asked over the network."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from digest.errors import ConfigError
from digest.records import Nanodollars, Usage

FREE = ("ollama", "local", "recorded")
"""Providers that charge nothing: a server of one's own, and files."""

NANO = Decimal(10**9)
"""Nanodollars of a dollar."""


def price_of(
    model_id: str,
    *,
    now: datetime,
    own: tuple[float, float] | None = None,
    url: str = "",
    is_batch: bool = False,
) -> Callable[[Usage], Nanodollars]:
    """Give what a model's tokens cost, rounded up.

    Args:
        model_id: Provider and name.
        now: Prices change.
        own: Dollars for a million tokens of question and of answer, in place of the list price.
        url: The server's address where settings name one. Another provider's has that one's prices; one that
            is nobody's is taken for a way to the provider, and has the provider's.
        is_batch: Whether it is asked in batches, at half the price: the tables do not have that yet.

    Raises:
        ConfigError: nobody knows what it costs, so that no budget could hold.
    """
    provider, _, name = model_id.partition(":")
    share = Decimal("0.5") if is_batch else Decimal(1)
    if own is not None:
        # From text: 0.1 is not a tenth as a float.
        of_input, of_output = (Decimal(str(each)) / 10**6 for each in own)
        return lambda usage: _rounded(
            share * (usage.input_tokens * of_input + usage.output_tokens * of_output)
        )
    if provider in FREE:
        return lambda usage: 0
    list_price = _list_price(provider, name, url, now)
    try:
        list_price(Usage(1, 1))
    except LookupError as error:
        raise ConfigError(
            f"feeds.yaml: settings.language_model: nobody knows what {model_id} costs, and the budget must; "
            "write what a million tokens cost, such as language_model_price: {input: 0.25, output: 2.00} "
            "(0 and 0 for a server of your own)"
        ) from error
    return lambda usage: _rounded(share * list_price(usage))


def _list_price(provider: str, name: str, url: str, now: datetime) -> Callable[[Usage], Decimal]:
    # A fifth of a second to import, and most commands need no price.
    import genai_prices

    def price(usage: Usage) -> Decimal:
        tokens = genai_prices.Usage(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens)
        if url:
            with suppress(LookupError):
                return genai_prices.calc_price(
                    tokens, name, provider_api_url=url, genai_request_timestamp=now
                ).total_price
        return genai_prices.calc_price(
            tokens, name, provider_id=provider, genai_request_timestamp=now
        ).total_price

    return price


def _rounded(dollars: Decimal) -> Nanodollars:
    return int((dollars * NANO).to_integral_value(ROUND_CEILING))
