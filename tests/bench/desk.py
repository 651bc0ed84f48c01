"""The desk with 500 drafts, as an editor feels it: from a key pressed to the next story before the eyes.

Makes a workspace of drafts of the development texts, has them again under other ids until there are n in the
open issue and VERDICTS that were decided on in the one before, serves it with `digest review` in a process of
its own, and presses keys in Debian's chromium: `j` on a story's page, `j` on the desk, `d` and `u` on the
desk. Time is from the key, as the browser stamps it, to the frame painted after what it asked for is there.
Beside it stands what the server takes for the page alone. The workspace is kept in the folder given and used
again.

    python -m tests.bench.desk FOLDER [500] [60]
"""

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from newsroom import ISSUE, NEXT, Newsroom
from playwright.sync_api import Page, sync_playwright

from digest.adapters.sentence_transformers import SentenceTransformerEmbedder
from tests.bench.history import multiply

DEV_DATA = Path(os.environ["DIGEST_DEV_DATA"])
MADE = 60
"""Drafts that a run makes for each of the two issues; the others are these again."""
VERDICTS = 300
"""Drafts of the earlier issue that were decided on."""
WARM = 5
"""Keys pressed before those that are counted: the first story opened reads all files anew."""

READING_MS = 700
"""How long a story is looked at: less than anybody needs for its title. What is done ahead is done then."""

WATCH = """
(() => {
  const now = () => performance.timeOrigin + performance.now();
  const painted = () => {
    sessionStorage.removeItem("bench:took");
    requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = () => {
        sessionStorage.setItem("bench:took", now() - sessionStorage.getItem("bench:key"));
      };
      after.port2.postMessage(0);
    });
  };
  addEventListener("keydown", (event) => {
    sessionStorage.setItem("bench:key", performance.timeOrigin + event.timeStamp);
    sessionStorage.removeItem("bench:took");
  }, true);
  document.addEventListener("DOMContentLoaded", () => {
    painted();
    document.addEventListener("focusin", painted);
    new MutationObserver(painted).observe(document.body, { childList: true, subtree: true });
  });
})();
"""
"""Notes when a key was pressed, over pages, and the milliseconds until the frame is through that shows what
came of it: a new page with its script, another focus, other lines."""


def workspace(folder: Path, drafts: int) -> Newsroom:
    """Make the workspace, or take the one that is there."""
    done = folder / f"made-{drafts}"
    if done.exists():
        return Newsroom(folder, embedder=SentenceTransformerEmbedder)
    shutil.rmtree(folder, ignore_errors=True)
    room = Newsroom(folder, embedder=SentenceTransformerEmbedder)
    lines = (DEV_DATA / "signals" / "articles.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line) for line in lines[: 2 * MADE]]
    for number, each in enumerate(texts[:MADE]):
        room.write("harbour", f"Report {number}", each["text"])
    room.run(ISSUE)
    room.later(7)
    for number, each in enumerate(texts[MADE:], MADE):
        room.write("tarrow", f"Report {number}", each["text"])
    room.run(NEXT)
    earlier = multiply(room, VERDICTS, ISSUE)
    room.digest("draft", "approve", *earlier[::2], "--anyway")
    room.digest("draft", "reject", *earlier[1::2])
    multiply(room, drafts, NEXT)
    done.touch()
    return room


@contextmanager
def desk(room: Newsroom) -> Iterator[str]:
    """Serve the desk as the command does; gives the address that opens it."""
    command = [sys.executable, "-m", "digest", "-C", str(room.folder), "review", NEXT, "--no-open"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout
        yield server.stdout.readline().strip()
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


def pressed(page: Page, key: str, swapped: str) -> float:
    """Press a key; gives the milliseconds until what it asked for is painted.

    Args:
        page: The page.
        key: As Playwright names it.
        swapped: What is true of the page then, in JavaScript; it may use `before`, the address and the title
            of the focus before.
    """
    before = page.evaluate("[location.href, document.activeElement.id + document.activeElement.href]")
    page.keyboard.press(key)
    took = f"(before) => ({swapped}) && sessionStorage.getItem('bench:took')"
    return float(page.wait_for_function(took, arg=before).json_value())


OTHER_PAGE = "location.href !== before[0] && document.querySelector('h1')"
OTHER_FOCUS = "document.activeElement.id + document.activeElement.href !== before[1]"


def measure(address: str, times: int) -> Iterator[tuple[str, list[float]]]:
    """Press keys; gives for each what it was for, and how long each time took, in milliseconds."""
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script(WATCH)
        page.goto(address)
        desk = page.url
        yield "the desk opened", [opened(page, desk) for _ in range(times // 10)]
        yield "j on the desk: the next line", [pressed(page, "j", OTHER_FOCUS) for _ in range(times)]
        yield "d on the desk: the line says it", [decided(page, "d", "deferred") for _ in range(times // 3)]
        page.goto(desk)
        page.locator("a.title").first.click()
        page.wait_for_url("**/story/*")
        for _ in range(WARM):
            pressed(page, "j", OTHER_PAGE)
        yield "j on a story: the next story", [pressed(page, "j", OTHER_PAGE) for _ in range(times)]
        took = []
        for _ in range(times // 3):
            page.wait_for_timeout(READING_MS)
            took.append(pressed(page, "j", OTHER_PAGE))
        yield "j on a story that was looked at: the next story", took
        took = []
        for _ in range(times // 3):
            page.keyboard.press("d")
            page.wait_for_function("() => document.querySelector('#said').textContent.startsWith('deferred')")
            took.append(pressed(page, "j", OTHER_PAGE))
        yield "j on a story at once after d: the next story", took
        browser.close()


def opened(page: Page, address: str) -> float:
    """Give the milliseconds until a page is loaded and painted."""
    begun = time.perf_counter()
    page.goto(address)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    return 1000 * (time.perf_counter() - begun)


def decided(page: Page, key: str, said: str) -> float:
    """Decide on the next line; gives the milliseconds until it says so."""
    page.keyboard.press("j")
    page.evaluate("document.querySelector('#said').replaceChildren()")
    return pressed(page, key, f"document.querySelector('#said').textContent.startsWith('{said}')")


def main(folder: str, drafts: str = "500", times: str = "60") -> None:
    """Measure and print."""
    room = workspace(Path(folder), int(drafts))
    with desk(room) as address:
        for what, took in measure(address, int(times)):
            middle, late = statistics.median(took), sorted(took)[int(0.95 * (len(took) - 1) + 0.5)]
            sys.stdout.write(f"{what}: median {middle:.0f} ms, 95th percentile {late:.0f} ms ({len(took)})\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
