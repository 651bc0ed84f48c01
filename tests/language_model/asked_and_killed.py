"""Asks questions about `a`, `b`, `c` of a model on a server, and dies at a chosen place; not a test itself.

python asked_and_killed.py FOLDER SERVER PLACE N
"""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))


def main() -> None:
    folder, server, place, number = sys.argv[1:]
    from killed_run import arm

    from digest.adapters.language_models import language_model_named
    from digest.language_model.asking import Asker, Limits, question_key
    from digest.language_model.pacing import Clock
    from digest.records import ModelRequest
    from digest.store import Store

    store = Store(Path(folder))
    if place != "none":
        arm(place, int(number))

    async def ask() -> None:
        asker = Asker(
            language_model_named("local:fake", base_url=server, environ={}),
            store.model_calls,
            lambda usage: usage.input_tokens,
            Limits(10**12, 10**12, at_once=1),
            Clock(lambda: datetime.now(UTC)),
        )
        for name in "abc":
            request = ModelRequest("s", f"Article {name}.", {"type": "object"}, "row", 50, 20)
            key = question_key(text_hash=name, prompt_hash="p", schema={}, settings={})
            try:
                response = await asker.ask(request, key=key, purpose="analysis", about=name)
                told = response.text
            except Exception as error:
                told = type(error).__name__
            sys.stdout.write(f"{name} {told}\n")
        await asker.close()

    asyncio.run(ask())


if __name__ == "__main__":
    main()
