"""Language models by name: `provider:name`, as settings have it."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import urlsplit, urlunsplit

import httpcore2
import httpx2

from digest.adapters.anthropic import ANTHROPIC_URL, AnthropicWire
from digest.adapters.batches import AnthropicBatches, BatchedModel, OpenAIBatches
from digest.adapters.google import GOOGLE_URL, GoogleWire
from digest.adapters.guard import is_host
from digest.adapters.http import Resolver, resolve
from digest.adapters.model_server import ModelServer, is_private
from digest.adapters.ollama import OLLAMA_URL, OllamaWire
from digest.adapters.openai import OPENAI_URL, OpenAIWire
from digest.adapters.served_model import ServedModel, Wire
from digest.errors import ConfigError
from digest.language.secrecy import shown_url


@dataclass(frozen=True)
class Provider:
    """Who serves models, and how they are asked."""

    url: str
    """Where its models are; empty where only settings can say."""
    path: str
    """What stands behind a host that is named without a path."""
    keys: tuple[str, ...]
    """Variables of the environment that may hold the key, first choice first."""
    wire: Callable[[bool], Wire]
    """Makes its wire format; told whether the server is the provider's own."""


PROVIDERS: Mapping[str, Provider] = {
    "openai": Provider(OPENAI_URL, "/v1", ("OPENAI_API_KEY",), lambda is_own: OpenAIWire(is_openai=is_own)),
    "anthropic": Provider(ANTHROPIC_URL, "/v1", ("ANTHROPIC_API_KEY",), lambda is_own: AnthropicWire()),
    "google": Provider(
        GOOGLE_URL, "/v1beta", ("GEMINI_API_KEY", "GOOGLE_API_KEY"), lambda is_own: GoogleWire()
    ),
    "ollama": Provider(OLLAMA_URL, "", (), lambda is_own: OllamaWire()),
    "local": Provider("", "/v1", (), lambda is_own: OpenAIWire(is_openai=False, is_local=True)),
}
"""`local` is any server that speaks OpenAI's format and wants no key."""

BATCHES: Mapping[str, type[BatchedModel]] = {"openai": OpenAIBatches, "anthropic": AnthropicBatches}


def language_model_named(
    name: str,
    *,
    base_url: str = "",
    environ: Mapping[str, str] = os.environ,
    allow_hosts: Sequence[str] = (),
    proxy: str = "",
    resolver: Resolver = resolve,
    backend: httpcore2.AsyncNetworkBackend | None = None,
) -> ServedModel:
    """Make the model a setting names; nothing is asked of it yet.

    Args:
        name: `openai:gpt-5-mini`, `ollama:qwen3:8b`, `local:NAME`.
        base_url: Where the server is, in place of the provider's own; it may be of this machine or house.
        environ: Where keys are looked up, here and nowhere else.
        allow_hosts: Further hosts and networks that may be connected to though they are not public.
        proxy: Address of a proxy for servers that are public; empty for none.
        resolver: Turns names into addresses.
        backend: Opens the connections; for tests.

    Raises:
        ConfigError: no such provider, no key, no address or a wrong one; says what to set.
    """
    kind, model = _split(name)
    wire, server = _served(name, base_url, environ, allow_hosts, proxy, resolver, backend)
    return ServedModel(kind, model, wire, server)


def batch_model_named(
    name: str,
    *,
    base_url: str = "",
    environ: Mapping[str, str] = os.environ,
    allow_hosts: Sequence[str] = (),
    proxy: str = "",
    resolver: Resolver = resolve,
    backend: httpcore2.AsyncNetworkBackend | None = None,
) -> BatchedModel:
    """Make what hands questions to the model a setting names over together; see `language_model_named`.

    Raises:
        ConfigError: as there, or the provider takes no batches.
    """
    kind, model = _split(name)
    if kind not in BATCHES:
        raise ConfigError(
            f"language_model {name}: no batches there; expected one of {' or '.join(BATCHES)}, or ask without"
        )
    wire, server = _served(name, base_url, environ, allow_hosts, proxy, resolver, backend)
    return BATCHES[kind](kind, model, wire, server)


def _served(
    name: str,
    base_url: str,
    environ: Mapping[str, str],
    allow_hosts: Sequence[str],
    proxy: str,
    resolver: Resolver,
    backend: httpcore2.AsyncNetworkBackend | None,
) -> tuple[Wire, ModelServer]:
    """Find how and where a model is asked."""
    provider = PROVIDERS[_split(name)[0]]
    url = _server_url(name, provider, base_url)
    host = urlsplit(url).hostname or ""
    variable, key = _key(name, provider, environ, is_needed=not base_url)
    if key and url.startswith("http:") and not is_private(host):
        raise ConfigError(
            f"language_model_url: expected an https address, as the key in {variable} goes there, "
            f"got {shown_url(base_url)!r}"
        )
    server = ModelServer(
        url,
        key=key,
        key_variable=variable,
        is_named=bool(base_url) or is_private(host),
        allow_hosts=tuple(allow_hosts),
        proxy=proxy or None,
        resolver=resolver,
        backend=backend,
    )
    return provider.wire(url == provider.url), server


def _split(name: str) -> tuple[str, str]:
    kind, colon, model = name.strip().partition(":")
    if not colon or not model.strip() or not model.isprintable():
        raise ConfigError(
            "language_model: expected provider:name such as openai:gpt-5-mini or ollama:qwen3:8b, "
            f"got {name!r}"
        )
    if kind not in PROVIDERS:
        near = get_close_matches(kind, PROVIDERS, n=1)
        hint = (
            f"did you mean {near[0]}:{model}?"
            if near
            else "a server that speaks OpenAI's format is openai:NAME or local:NAME, at language_model_url"
        )
        known = ", ".join(sorted(PROVIDERS))
        raise ConfigError(
            f"language_model: unknown provider {kind!r}; known: {known}, and recorded:FOLDER; {hint}"
        )
    return kind, model


def _server_url(name: str, provider: Provider, base_url: str) -> str:
    """Give the address that paths are put behind."""
    if not base_url:
        if not provider.url:
            raise ConfigError(
                f"language_model {name}: set language_model_url to its server's address, such as "
                "http://127.0.0.1:8080/v1; digest doctor looks for one on this machine"
            )
        return provider.url
    try:
        parts = urlsplit(base_url.strip())
        host = httpx2.URL(base_url.strip()).raw_host.decode("ascii")
        is_usable = parts.scheme in ("http", "https") and is_host(host) and parts.port != 0
    except (ValueError, httpx2.InvalidURL):
        is_usable = False
    if not is_usable or parts.query or parts.fragment:
        raise ConfigError(
            "language_model_url: expected the http(s) address of a server, such as http://127.0.0.1:8080/v1, "
            f"got {shown_url(base_url)!r}"
        )
    path = parts.path.rstrip("/").removesuffix("/chat/completions")
    if not provider.path:
        # What other programs want to be given for Ollama.
        path = path.removesuffix("/v1").removesuffix("/api")
    path = path or provider.path
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _key(name: str, provider: Provider, environ: Mapping[str, str], *, is_needed: bool) -> tuple[str, str]:
    """Find the provider's key; returns the variable it stands or would stand in, and the key."""
    if not provider.keys:
        return "", ""
    for variable in provider.keys:
        key = environ.get(variable, "").strip()
        if not key:
            continue
        # Libraries name what they cannot send, so that a key with a line break would be shown.
        if not key.isascii() or not key.isprintable() or " " in key:
            raise ConfigError(
                f"{variable}: expected a key of letters, digits and signs, got other characters"
            )
        return variable, key
    if is_needed:
        raise ConfigError(
            f"language_model {name}: no key; set {' or '.join(provider.keys)} in the environment"
        )
    return provider.keys[0], ""
