"""What a page says of itself in JSON-LD (schema.org), read once and never trusted to be well-formed."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

_ARTICLE_TYPE = re.compile(r"(?:Article|Posting|Report|Review|HowTo|Recipe)$")
MAX_SCRIPT_CHARS = 1_000_000  # guards time and memory, with room for a whole article; judgement
MAX_NODES = 5000  # objects and lists of a script; guards the walk, which takes the square of them; judgement
_CONTROLS = re.compile(r"[\x00-\x1f]+")


@dataclass(frozen=True, slots=True)
class Claims:
    """The fields of a page's JSON-LD that an article needs; empty where it has none."""

    headline: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    publisher: str = ""
    body: str = ""
    is_paid: bool = False
    """The page says it is not free to read."""


def read_claims(tree: HtmlElement) -> Claims:
    """Read the first article the JSON-LD scripts of a page describe."""
    nodes = list(_nodes(tree))
    found = next((node for node in nodes if _is_article(node)), None)
    if found is None:
        return Claims()
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and "name" in node}
    authors = [name for item in _listed(found.get("author")) if (name := _name(item, by_id))]
    return Claims(
        headline=_text(found.get("headline")) or _text(found.get("name")),
        authors=tuple(dict.fromkeys(authors)),
        published=_text(found.get("datePublished")) or _text(found.get("dateCreated")),
        publisher=_name(found.get("publisher"), by_id),
        body=_text(found.get("articleBody")),
        is_paid=str(found.get("isAccessibleForFree", "")).lower() == "false",
    )


def _nodes(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """Give every object of every script, outermost first, without recursion."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "") or not script.text:
            continue
        waiting: list[Any] = [_parsed(script.text[:MAX_SCRIPT_CHARS])]
        for _ in range(MAX_NODES):
            if not waiting:
                break
            node = waiting.pop(0)
            if isinstance(node, list):
                waiting += node
            elif isinstance(node, dict):
                yield node
                waiting += [value for value in node.values() if isinstance(value, dict | list)]


def _parsed(source: str) -> Any:
    try:
        return json.loads(_CONTROLS.sub(" ", source))
    except (ValueError, RecursionError):
        return None


def _is_article(node: dict[str, Any]) -> bool:
    types = [kind for kind in _listed(node.get("@type")) if isinstance(kind, str)]
    return any(_ARTICLE_TYPE.search(kind) for kind in types) and ("headline" in node or "articleBody" in node)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, str)), "")
    return value.strip() if isinstance(value, str) else ""


def _name(value: Any, by_id: dict[str, dict[str, Any]]) -> str:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        return _text(value.get("name")) or _text(by_id.get(str(value.get("@id")), {}).get("name"))
    return ""
