"""Edits feeds.yaml for the editor: adds a feed, follows a moved one. Every other character stays as it was.

The text is edited where the parser says things stand, not written anew, so comments, quotes and layout are
kept to the byte. Each edit is read back before the file is replaced.
"""

import json
import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from digest.errors import ConfigError
from digest.language.secrecy import shown_url
from digest.records import Feed
from digest.workspace.config import FEEDS_FILE, load_config
from digest.workspace.files import read_text, write_text
from digest.workspace.yaml_lines import Document, YamlSyntaxError, read_yaml
from digest.workspace.yaml_lines import Path as YamlPath

_PLAIN = re.compile(r"https?://[^\s,\[\]{}'\"#]+(?<!:)|[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*")


def add_feed(workspace: Path, feed: Feed) -> None:
    """Add a feed at the end of the list in feeds.yaml; see `add_feeds`."""
    add_feeds(workspace, [feed])


def add_feeds(workspace: Path, feeds: Sequence[Feed]) -> None:
    """Add feeds at the end of the list in feeds.yaml, all or none.

    Raises:
        ConfigError: feeds.yaml is wrong, before or with the new feed (an address listed twice, for one).
        StoreError: the file cannot be written.
    """
    load_config(workspace, environ={})
    if not feeds:
        return
    text, newline, document = _read(workspace)
    _replace(workspace, text, _with_feeds(text, document, feeds), newline, list(map(_plain, feeds)))


def replace_feed_url(workspace: Path, old: str, new: str) -> None:
    """Change the address of a feed, as after a permanent redirect.

    Raises:
        ConfigError: no feed has the address `old`, or feeds.yaml would be wrong with `new`.
        StoreError: the file cannot be written.
    """
    load_config(workspace, environ={})
    text, newline, document = _read(workspace)
    path = next((path for path in _address_paths(document) if _at(document.value, path) == old), None)
    if path is None:
        raise ConfigError(f"{FEEDS_FILE}: no feed has the address {shown_url(old)}; see: digest feeds list")
    span = document.spans[path]
    changed = text[: span.start] + _scalar(new) + text[span.end :]
    _replace(workspace, text, changed, newline, [])


def _read(workspace: Path) -> tuple[str, str, Document]:
    """Return the file's text with plain line ends, the line end it uses, and what it says."""
    raw = read_text(workspace / FEEDS_FILE)
    newline = "\r\n" if "\r\n" in raw else "\n"
    text = raw.removeprefix("\ufeff").replace("\r\n", "\n")
    return text, newline, read_yaml(text)


def _replace(workspace: Path, old: str, new: str, newline: str, added: list[object]) -> None:
    """Check the edited text, then put it in the place of the file."""
    try:
        before, after = _feeds(read_yaml(old)), _feeds(read_yaml(new))
    except YamlSyntaxError as error:
        raise _by_hand() from error
    is_right = after == [*before, *added] if added else len(after) == len(before)
    if not is_right:
        raise _by_hand()
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder)
        (trial / FEEDS_FILE).write_text(new, encoding="utf-8")
        load_config(trial, environ={})
    if _read(workspace)[0] != old:
        raise ConfigError(f"{FEEDS_FILE}: was changed meanwhile; nothing was written; the same command again")
    write_text(workspace / FEEDS_FILE, new.replace("\n", newline))


def _by_hand() -> ConfigError:
    return ConfigError(f"{FEEDS_FILE}: its layout is too unusual to be edited safely; change it by hand")


def _feeds(document: Document) -> list[object]:
    top = document.value if isinstance(document.value, dict) else {}
    feeds = top.get("feeds")
    return feeds if isinstance(feeds, list) else []


def _address_paths(document: Document) -> list[YamlPath]:
    """Return where each feed's address stands: the item itself where it is an address alone."""
    return [
        ("feeds", index) if isinstance(feed, str) else ("feeds", index, "url")
        for index, feed in enumerate(_feeds(document))
    ]


def _at(value: object, path: YamlPath) -> object:
    for part in path:
        value = value[part]  # type: ignore[index]
    return value


def _plain(feed: Feed) -> dict[str, object]:
    """Give a feed as the file says it: only what differs from the defaults."""
    found: dict[str, object] = {"url": feed.url}
    if feed.kind != "articles":
        found["kind"] = feed.kind
    if feed.title:
        found["title"] = feed.title
    if feed.tags:
        found["tags"] = list(feed.tags)
    if feed.limit is not None:
        found["limit"] = feed.limit
    if feed.headers:
        found["headers"] = dict(feed.headers)
    if feed.cookie:
        found["cookie"] = feed.cookie
    if feed.selector:
        found["select"] = feed.selector
    if feed.senders:
        found["senders"] = list(feed.senders)
    if feed.password:
        found["password"] = feed.password
    if feed.marks_seen:
        found["mark_seen"] = feed.marks_seen
    return found


def _with_feeds(text: str, document: Document, added: Sequence[Feed]) -> str:
    span = document.spans.get(("feeds",))
    feeds = _feeds(document)
    if span is None:
        return _closed(text) + "\nfeeds:\n" + _blocks(added, "  ")
    if feeds and span.is_flow:
        new = "".join(f", {_flow(feed)}" for feed in added)
        return text[: span.end - 1].rstrip().rstrip(",") + new + text[span.end - 1 :]
    if feeds:
        end = max(
            span.end
            for path, span in document.spans.items()
            if path[:1] == ("feeds",) and _is_leaf(document, path)
        )
        line_end = text.find("\n", end)
        at = len(text) if line_end < 0 else line_end + 1
        return _closed(text[:at]) + _blocks(added, " " * span.column) + text[at:]
    # `feeds:` alone or `feeds: []`: the list begins on the next line, after a comment on this one.
    line_end = text.find("\n", span.end)
    at = len(text) if line_end < 0 else line_end + 1
    head = text[: span.start].rstrip(" ") + text[span.end : at]
    return _closed(head) + _blocks(added, "  ") + text[at:]


def _is_leaf(document: Document, path: YamlPath) -> bool:
    return not isinstance(_at(document.value, path), dict | list) or document.spans[path].is_flow


def _closed(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _blocks(feeds: Iterable[Feed], indent: str) -> str:
    return "".join(_block(feed, indent) for feed in feeds)


def _block(feed: Feed, indent: str) -> str:
    lines = [f"{key}: {_value(value)}" for key, value in _plain(feed).items()]
    return f"{indent}- " + f"\n{indent}  ".join(lines) + "\n"


def _flow(feed: Feed) -> str:
    return "{" + ", ".join(f"{key}: {_value(value)}" for key, value in _plain(feed).items()) + "}"


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_scalar(str(item))}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_scalar(str(item)) for item in value) + "]"
    return _scalar(value) if isinstance(value, str) else str(value)


def _scalar(text: str) -> str:
    """Write text as YAML: plain where that reads back as the same text, else in double quotes."""
    if _PLAIN.fullmatch(text) and read_yaml(text).value == text:
        return text
    return json.dumps(text, ensure_ascii=False)
