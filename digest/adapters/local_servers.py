"""Programs of this machine that serve language models, where they answer on their usual ports."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digest.adapters.http import HttpFetcher
from digest.errors import FetchError

HERE = "127.0.0.1"

LOOK_S = 1.0
"""Seconds a program may take to name its models: one that is there answers within milliseconds."""

MAX_BYTES = 1_000_000
"""Of a list of models; the longest takes a hundredth."""

MOST_MODELS = 100
"""Of one program; nobody has more, and a list from elsewhere must not fill a screen."""


@dataclass(frozen=True)
class Usual:
    """A program, and where it is to be found."""

    program: str
    provider: str
    """As in `provider:name`."""
    port: int
    models: str
    """The path at which it names its models."""
    path: str
    """What stands behind its host in `language_model_url`."""


USUAL = (
    Usual("Ollama", "ollama", 11434, "/api/tags", ""),
    Usual("LM Studio", "local", 1234, "/v1/models", "/v1"),
    Usual("llama.cpp", "local", 8080, "/v1/models", "/v1"),
    Usual("vLLM", "local", 8000, "/v1/models", "/v1"),
)

OWNERS = {"llamacpp": "llama.cpp", "vllm": "vLLM", "organization_owner": "LM Studio"}
"""What programs write beside their models, whatever the port."""


@dataclass(frozen=True)
class LocalServer:
    """A program that answered."""

    program: str
    provider: str
    url: str
    """As `language_model_url` has it."""
    models: tuple[str, ...]
    """As the program names them; empty where it has none yet."""


async def local_servers(usual: Sequence[Usual] = USUAL, *, timeout_s: float = LOOK_S) -> list[LocalServer]:
    """Ask each program for its models.

    Returns:
        Those that answer as such a program does, in the order given.
    """
    fetcher = HttpFetcher(allow_hosts=(HERE,))
    try:
        found = await asyncio.gather(*(_look(each, fetcher, timeout_s) for each in usual))
    finally:
        await fetcher.close()
    return [each for each in found if each]


async def _look(usual: Usual, fetcher: HttpFetcher, timeout_s: float) -> LocalServer | None:
    host = f"http://{HERE}:{usual.port}"
    try:
        page = await fetcher.get(host + usual.models, headers={}, max_bytes=MAX_BYTES, timeout_s=timeout_s)
        listed = json.loads(page.body) if page.status == 200 else None
    except (FetchError, ValueError, RecursionError):
        return None
    models = (
        listed.get("models" if usual.provider == "ollama" else "data") if isinstance(listed, dict) else None
    )
    # Another program may sit at the port.
    if not isinstance(models, list) or not all(isinstance(each, dict) for each in models):
        return None
    names = [_name(each) for each in models[:MOST_MODELS]]
    owner = models[0].get("owned_by") if models else None
    program = OWNERS.get(owner, usual.program) if isinstance(owner, str) else usual.program
    return LocalServer(program, usual.provider, host + usual.path, tuple(filter(None, names)))


def _name(model: dict[str, Any]) -> str:
    """Give a model's name; empty where it has none that a setting could hold."""
    name = model.get("id", model.get("name"))
    return name if isinstance(name, str) and name.isprintable() and name == name.strip() else ""
