"""The two pictures of the desk in the README: output/sample/desk.png and story.png.

Makes the bundled week anew in FOLDER, with the answers that lie beside it; undoes what the demo decided, so
that drafts wait as they do for an editor; decides on some; and takes the pictures in Debian's chromium.

    python -m tests.review.pictures FOLDER
"""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from digest.demo.__main__ import ISSUE

SAMPLE = Path(__file__).parents[2] / "output" / "sample"
WIDTH, HEIGHT, SCALE = 1280, 640, 0.75
"""CSS pixels of a page, and how many a picture has for each, which keeps it at about 150 kB."""


def digest(folder: Path, *words: str) -> None:
    """Type a command."""
    subprocess.run([sys.executable, "-m", "digest", "-C", str(folder), *words], check=True)


@contextmanager
def desk(folder: Path) -> Iterator[str]:
    """Serve the desk; gives the address that opens it."""
    command = [sys.executable, "-m", "digest", "-C", str(folder), "review", ISSUE, "--no-open"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        yield server.stdout.readline().strip()
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


def take(page: Page) -> None:
    """Decide on some stories, and take both pictures."""
    for verdict in ("a", "a", "d", "a"):
        page.keyboard.press("j")
        with page.expect_response("**/status"):
            page.keyboard.press(verdict)
    # With the counts as they are now.
    page.reload()
    for _ in range(5):
        page.keyboard.press("j")
    page.evaluate("() => scrollTo(0, 0)")
    page.screenshot(path=SAMPLE / "desk.png")
    page.keyboard.press("Enter")
    page.wait_for_url("**/story/*")
    page.locator("#stories").wait_for()
    page.locator(".sentences li").first.focus()
    page.screenshot(path=SAMPLE / "story.png")


def main(folder: str) -> None:
    """Make the week and the pictures."""
    subprocess.run([sys.executable, "-m", "digest.demo", folder, "--recorded"], check=True)
    pictures(folder)


def pictures(folder: str) -> None:
    """Take the pictures of a week that the demo made."""
    # The publishing, and the approval of all.
    for _ in range(2):
        digest(Path(folder), "undo")
    with desk(Path(folder)) as address, sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE)
        page.goto(address)
        take(page)
        chromium.close()
    for name in ("desk", "story"):
        sys.stdout.write(f"{SAMPLE / name}.png: {(SAMPLE / name).with_suffix('.png').stat().st_size} bytes\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
