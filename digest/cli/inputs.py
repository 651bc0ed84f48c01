"""What is given to a command to read: a file, an address, standard input, JSON objects on its lines."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli import common, machinery, printing
from digest.errors import ConfigError, DigestError, ItemError
from digest.language.secrecy import shown_text

if TYPE_CHECKING:
    from digest.feeds.credentials import Credentials
    from digest.records import Page
    from digest.workspace.config import Config

PLAIN = "text/plain"
"""The content type of what is no page but its text."""

AsJsonLines = Annotated[
    bool, typer.Option("--jsonl", help="Read JSON objects from standard input, one a line; print one each.")
]


def page_of(source: str, config: "Config", access: "Credentials | None" = None) -> "Page":
    """Read a file, or fetch an address, as a page; with `access` where it is of that site.

    Raises:
        DigestError: there is no such file, or the address gives nothing usable.
    """
    if "://" not in source:
        return file_page(Path(source), url=f"file:{source}")
    import asyncio

    from digest.feeds.asking import politeness_of
    from digest.feeds.fetch import fetch_one

    async def fetch() -> "Page":
        fetcher = machinery.fetcher_of(config)
        try:
            return await fetch_one(
                source, fetcher=fetcher, credentials=access, politeness=politeness_of(config)
            )
        finally:
            await fetcher.close()

    return asyncio.run(fetch())


def file_page(path: Path, *, url: str) -> "Page":
    """Read a file as if it had been the answer to `url`; standard input for '-'."""
    from digest.records import Page
    from digest.workspace.files import MOST_PAGE

    body = bytes_of(path, most_bytes=MOST_PAGE)
    suffix = path.suffix.lower()
    if suffix == ".gz" and body[:2] == b"\x1f\x8b":
        body = _unzipped(body, path)
    kind = {".txt": PLAIN, ".md": PLAIN, ".pdf": "application/pdf"}.get(suffix, "")
    headers = (("content-type", kind),) if kind else ()
    return Page(url, url, 200, headers, body, common.utc_now())


def bytes_of(path: Path, *, most_bytes: int) -> bytes:
    """Read a file that a person named; standard input for '-'.

    Raises:
        DigestError: it cannot be read, is no file, or has more than `most_bytes`.
    """
    from digest.workspace.files import FileError, read_bytes, read_up_to

    try:
        if str(path) == "-":
            return read_up_to(sys.stdin.buffer, most_bytes, "standard input")
        return read_bytes(path, most_bytes=most_bytes)
    except FileError as error:
        name = "standard input" if str(path) == "-" else path
        raise DigestError(f"{name}: cannot be read: {error.reason}") from error
    except OSError as error:
        raise DigestError(f"standard input: cannot be read: {error.strerror}") from error


def _unzipped(body: bytes, path: Path) -> bytes:
    import gzip
    import io
    import zlib

    from digest.workspace.files import MOST_PAGE, FileError, read_up_to

    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
            return read_up_to(file, MOST_PAGE, path)  # type: ignore[arg-type]
    except FileError as error:
        raise DigestError(f"{path}: cannot be read: unpacked {error.reason}") from error
    except (OSError, EOFError, zlib.error) as error:
        raise DigestError(f"{path}: cannot be read: damaged, or no gzip: {error}") from error


def each_line(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answer each JSON object of standard input with one on standard output, in order; failures too."""
    from digest.workspace.json_text import JsonError, json_lines

    for number, asked in json_lines(sys.stdin.buffer):
        name: Any = number
        try:
            if isinstance(asked, JsonError):
                raise DigestError(f"line {number}: {asked}")
            if not isinstance(asked, dict):
                raise DigestError(f"line {number}: expected a JSON object, got {str(asked)[:40]!r}")
            name = asked.get("id", number)
            result = answer(asked)
        except ItemError as error:
            result = {"id": name, "error": shown_text(error.reason)}
        except DigestError as error:
            result = {"id": name, "error": shown_text(str(error))}
        printing.show_json_line(result)


def required(asked: dict[str, Any], *names: str) -> list[str]:
    """Take fields from an input line.

    Raises:
        ConfigError: one is missing or no text.
    """
    for name in names:
        if not isinstance(asked.get(name), str):
            raise ConfigError(f"{name}: expected text, got {asked.get(name)!r}")
    return [asked[name] for name in names]
