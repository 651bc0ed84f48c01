"""What a command works with: models, fetchers, mailboxes and processes, made as the workspace says."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from digest.adapters.http import HttpFetcher
    from digest.adapters.mailboxes import WorkspaceMailboxes
    from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
    from digest.adapters.workers import Workers
    from digest.analysis import Library
    from digest.ports import Embedder, Videos
    from digest.store import Store
    from digest.workspace.config import Config


def embedder_of(config: "Config") -> "SentenceTransformerEmbedder":
    """Make the embedder the workspace is set to; nothing is loaded yet."""
    from digest.adapters.sentence_transformers import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(config.settings.model)


def analysis_embedder_of(config: "Config", embedder: "Embedder") -> "Embedder":
    """Give the packaged model, which every analysis uses: `embedder` where the workspace is set to that."""
    from digest.adapters.sentence_transformers import SentenceTransformerEmbedder, is_packaged

    return embedder if is_packaged(config.settings.model) else SentenceTransformerEmbedder()


def fetcher_of(config: "Config") -> "HttpFetcher":
    """Make the fetcher the workspace is set to."""
    from digest.adapters.http import HttpFetcher

    return HttpFetcher(allow_hosts=config.settings.allow_hosts, proxy=config.settings.proxy or None)


def videos_of(config: "Config") -> "Callable[[], Videos | None]":
    """Give what makes an asker for transcripts of videos, where the settings want them.

    Raises:
        ConfigError: they want them, and what it takes is not installed.
    """
    from importlib.util import find_spec

    from digest.adapters.youtube import INSTALL, YouTubeTranscripts
    from digest.errors import ConfigError

    if not config.settings.video_transcripts:
        return lambda: None
    if find_spec("youtube_transcript_api") is None:
        raise ConfigError(f"settings.video_transcripts: not installed; install it with: {INSTALL}")
    return lambda: YouTubeTranscripts(config.newsletter.language, proxy=config.settings.proxy or None)


def mailboxes_of(config: "Config", *, may_mark: bool = False) -> "WorkspaceMailboxes":
    """Give what opens the workspace's mailboxes; with `may_mark` mails are marked as seen where wanted."""
    import os

    from digest.adapters.mailboxes import WorkspaceMailboxes

    return WorkspaceMailboxes(
        config.workspace, os.environ, allow_hosts=config.settings.allow_hosts, may_mark=may_mark
    )


def analyzer_of(folder: Path, embedder: "Embedder") -> str:
    """Name the analyzer with all it depends on: its version, the prompt files and its model."""
    from digest.analysis import analyzer_id
    from digest.workspace.prompt_files import prompts_version

    return analyzer_id(prompts_version(folder), embedder.model_id)


def library_of(folder: Path, embedder: "Embedder", store: "Store | None") -> "Callable[[], Library]":
    """Give a loader of themes and patterns with their vectors; vectors are kept in the archive."""

    def load_library() -> "Library":
        from digest.analysis import make_library
        from digest.workspace.prompt_files import load_patterns, load_themes, prompts_version

        return make_library(
            load_themes(folder),
            load_patterns(folder),
            encode=lambda texts: encode_known(texts, embedder, store),
            version=prompts_version(folder),
        )

    return load_library


def encode_known(texts: Sequence[str], embedder: "Embedder", store: "Store | None") -> Any:
    """Embed texts, but those whose vectors are shipped or were made before and are in the archive."""
    import hashlib

    import numpy as np

    from digest.analysis.shipped_vectors import shipped_vectors

    found = shipped_vectors(texts, model_id=embedder.model_id)
    hashes = {text: hashlib.sha256(text.encode()).hexdigest() for text in texts if text not in found}
    if store and hashes:
        known = store.articles.vectors_of(list(hashes.values()), model_id=embedder.model_id)
        found |= {text: known[each] for text, each in hashes.items() if each in known}
    new = [text for text in hashes if text not in found]
    # Kept as float16: the same values are used when they come from the model and from the archive.
    made = {
        text: np.asarray(vector, dtype=np.float16).astype(np.float32)
        for text, vector in zip(new, embedder.encode(new) if new else (), strict=True)
    }
    if store and made:
        kept = [(hashes[text], vector) for text, vector in made.items()]
        store.articles.save_vectors(kept, model_id=embedder.model_id)
    found |= made
    stacked = np.stack([found[text] for text in texts])
    return (stacked / np.linalg.norm(stacked, axis=1, keepdims=True)).astype(np.float32)


class Call(Protocol):
    """Calls a function in a process of its own; fails with LimitError where that takes too much."""

    def __call__(  # noqa: D102
        self, function: Callable[..., Any], /, *args: Any, of: str = "", max_s: float = ..., **kwargs: Any
    ) -> Any: ...


def workers_of(config: "Config") -> "AbstractContextManager[Workers]":
    """Give what reads, embeds and analyzes for a run, as the workspace is set to.

    Raises:
        ConfigError: once it is entered, where a cluster is wanted and cannot be had.
    """
    from digest.adapters.workers import worker_processes

    if config.settings.executor == "processes":
        return worker_processes()
    from digest.adapters.ray_workers import ray_workers

    return ray_workers(config.settings.ray)


@contextmanager
def a_worker() -> "Iterator[Call]":
    """Give a way to call what reads something from outside: in a process of its own, within limits."""
    from concurrent.futures import BrokenExecutor

    from digest.adapters.workers import MAX_CALL_S, worker_processes
    from digest.errors import LimitError

    with worker_processes(most=1) as workers:

        def call(
            function: Callable[..., Any],
            /,
            *args: Any,
            of: str = "",
            max_s: float = MAX_CALL_S,
            **kwargs: Any,
        ) -> Any:
            for _ in range(2):
                try:
                    return workers.within(max_s).submit(function, *args, **kwargs).result()
                except (TimeoutError, MemoryError) as lost:
                    raise LimitError(of, str(lost)) from lost
                except BrokenExecutor:
                    # It may have been killed by someone else: one more try.
                    continue
            raise LimitError(of, "killed its process twice")

        yield call
