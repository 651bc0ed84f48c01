"""`make fuzz`: mutated development feeds and pages into collect and extract, for some minutes.

Prints every exception that is not ours and every file that takes over 5 seconds, and ends 1 if there was one.

    python -m tests.bench.fuzz [SECONDS] [SEED]
"""

import gzip
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from digest.errors import ItemError
from digest.records import Feed, Page
from digest.stages.collect import discover_feeds, links_of, parse_feed
from digest.stages.extract import extract

DATA = Path(os.environ["DIGEST_DEV_DATA"])
MAX_S = 5.0
NOW = datetime(2026, 11, 22, tzinfo=UTC)
TOKENS = [
    *(b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"\x00", b"\xff\xfe", b'"', b"'", b"&a;"),
    *(
        b"<div>" * 300,
        b"<table><tr>",
        b"<script>",
        b"</html>",
        b"<svg><style>",
        b"&#x110000;",
        b"\xe2\x80\xae",
    ),
    *(b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<base href='javascript:'>", b"<time datetime='99999-99'>"),
    *(b"charset=utf-7", b"encoding='utf-16'", b"9" * 400, b"{" * 200, b'"\\ud800"'),
    *(
        b"<style>p,.a{display:none}",
        b"<div hidden>",
        b"<x-y>",
        b"<button>a",
        b"10<sup>6</sup>5",
        b"<math><msup>",
    ),
    *(b"<p>" + b"word " * 2000 + b"</p>", b"<a href='http://[::1'>x</a>"),
]


def main() -> int:
    """Fuzz for the seconds given (300); returns the exit code."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 300.0
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 20261122)
    feeds = [path.read_bytes() for path in sorted((DATA / "feeds").glob("*.*")) if path.suffix != ".jsonl"]
    pages = [gzip.decompress(path.read_bytes()) for path in sorted((DATA / "pages" / "html").glob("*.gz"))]
    found: list[str] = []
    tried, slowest = 0, 0.0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        corpus, use = rng.choice(((feeds, read_feed), (pages, read_page)))
        body = mutated(rng, rng.choice(corpus), corpus)
        took, problem = attempt(use, body)
        tried, slowest = tried + 1, max(slowest, took)
        if problem or took > MAX_S:
            found.append(keep(body, f"{use.__name__}: {problem or f'{took:.1f} s'}"))
    sys.stdout.write(f"{tried} files in {seconds:.0f} s, slowest {slowest:.2f} s, {len(found)} found\n")
    sys.stdout.writelines(f"{line}\n" for line in found)
    return int(bool(found))


def attempt(use: Callable[[bytes], None], body: bytes) -> tuple[float, str]:
    """Give the seconds it took, and what was raised that should not be."""
    started = time.perf_counter()
    problem = ""
    try:
        use(body)
    except ItemError:
        pass
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"[:300]
    return time.perf_counter() - started, problem


def read_feed(body: bytes) -> None:
    """What the batch does with a feed's answer."""
    url = "https://feeds.example/rss"
    parsed = parse_feed(body, url=url)
    links_of(parsed, parsed.entries, Feed(url))
    links_of(parsed, parsed.entries, Feed(url, "roundup"))


def read_page(body: bytes) -> None:
    """What the batch does with a page, and what `feeds add` does with a site."""
    url = "https://pages.example/a"
    discover_feeds(body, url)
    extract(Page(url, url, 200, (("content-type", "text/html"),), body, NOW))


def mutated(rng: random.Random, body: bytes, corpus: Sequence[bytes]) -> bytes:
    """Change a few places: cut, double, swap, overwrite, insert, splice with another file."""
    out = bytearray(body)
    for _ in range(rng.randint(1, 12)):
        at = rng.randrange(len(out) + 1)
        length = min(int(rng.expovariate(1 / 200)), 20_000)
        match rng.randrange(7):
            case 0:
                del out[at : at + length]
            case 1:
                out[at:at] = out[at : at + length] * rng.randint(1, 5)
            case 2:
                out[at:at] = rng.choice(TOKENS)
            case 3:
                for place in range(at, min(at + length % 50, len(out))):
                    out[place] = rng.randrange(256)
            case 4:
                other = rng.choice(corpus)
                begin = rng.randrange(len(other) + 1)
                out[at:at] = other[begin : begin + length * 10]
            case 5:
                del out[at:]
                break
            case _:
                out[at : at + length] = bytes(reversed(out[at : at + length]))
    return bytes(out[:12_000_000])


def keep(body: bytes, problem: str) -> str:
    """Keep a file that was found, for a test."""
    path = Path("output") / "fuzz" / f"{abs(hash(body)):x}"[:12]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return f"{path}: {problem}"


if __name__ == "__main__":
    sys.exit(main())
