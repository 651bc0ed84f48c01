"""What is the same for every command: where shared options go, and what Ctrl-C says."""

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeEmbedder
from forked import typed_between
from typer.main import get_command
from typer.testing import CliRunner

from digest.cli import machinery, places
from digest.cli.app import app


def commands(group: Any = None, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    children = getattr(group or get_command(app), "commands", None)
    if children is None:
        return [path]
    return [found for name, child in children.items() for found in commands(child, (*path, name))]


def typed(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words), env={"COLUMNS": "300"})
    return done.exit_code, " ".join(done.output.replace("│", " ").split())


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_says_that_the_workspace_goes_before_it(words: tuple[str, ...]) -> None:
    code, said = typed(*words, "-C", "mine")
    assert code == 2
    assert f"-C goes before the command: digest -C mine {' '.join(words)}" in said


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("run", "-Cmine", "--limit", "5"), "-C goes before the command: digest -Cmine run --limit 5"),
        (("draft", "-C", "my own", "list"), "-C goes before the command: digest -C 'my own' draft list"),
        (("-C", "my own", "run", "-v"), "-v goes before the command: digest -C 'my own' -v run"),
        (("run", "-v"), "-v goes before the command: digest -v run"),
        (("run", "--verbose"), "--verbose goes before the command: digest --verbose run"),
        (("publish", "--version"), "--version goes before the command: digest --version publish"),
        (("run", "--nope"), "No such option: --nope"),
    ],
)
def test_other_shared_options_and_spellings_too(words: tuple[str, ...], meant: str) -> None:
    code, said = typed(*words)
    assert code == 2
    assert meant in said


def test_help_breaks_lines_where_the_terminal_does() -> None:
    for words, part in (
        (("import",), "both shapes; they become entries of published issues"),
        (("check",), "says so. With --jsonl each line holds a claim"),
        (("entries", "check"), "at approval. Ends 1 where evidence is gone."),
    ):
        done = CliRunner().invoke(app, [*words, "-h"], env={"COLUMNS": "300"})
        assert part in done.output


@pytest.mark.parametrize(
    "words",
    [("-C", "", "status"), ("import", ""), ("init", ""), ("backup", ""), ("restore", "")],
    ids=" ".join,
)
def test_a_path_that_was_left_empty_is_not_this_folder(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said = typed(*words)
    assert (code, "expected a path, got nothing" in said) == (2, True)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def same_signals() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def silent_server() -> socket.socket:
    """Take connections and never answer."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(8)
    return server


def test_a_run_stopped_by_ctrl_c_says_what_was_kept(tmp_path: Path) -> None:
    with silent_server() as server:
        port = server.getsockname()[1]
        (tmp_path / "feeds.yaml").write_text(
            f"settings: {{allow_hosts: [127.0.0.0/8]}}\nfeeds: [http://127.0.0.1:{port}/a]\n"
        )
        run = subprocess.Popen(
            [sys.executable, "-m", "digest", "-C", str(tmp_path), "run"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # A shell starts what it runs in the background with Ctrl-C ignored, and so would this be.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        server.settimeout(60)
        asking, _ = server.accept()
        time.sleep(0.2)
        # To the whole group, as a terminal does.
        os.killpg(run.pid, signal.SIGINT)
        out, said = run.communicate(timeout=60)
        asking.close()
    assert run.returncode == 130, said
    assert out == ""
    assert said == (
        "digest: stopped; 0 pages and 0 articles of this run are kept, and every draft; digest run goes on "
        "from there\n"
    )


class Interrupted(FakeEmbedder):
    """Somebody presses Ctrl-C at the third call."""

    def encode_tokens(self, texts: Any) -> Any:
        if self.calls == 2:
            raise KeyboardInterrupt
        return super().encode_tokens(texts)


def test_an_import_says_what_it_leaves_out_and_which_file_was_written_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    page = (Path(__file__).parents[1] / "data" / "render" / "entry_second.md").read_text("utf-8")
    (tmp_path / "a.md").write_text(page + "\n## Mine\n\n<script>no()</script>\n", "utf-8")
    issue = tmp_path / "output" / "issues" / "20250511d.md"
    issue.parent.mkdir(parents=True)
    issue.write_text("My words.", "utf-8")
    monkeypatch.setattr(machinery, "embedder_of", lambda config: FakeEmbedder())
    code, said = typed("-C", str(tmp_path), "import", str(tmp_path / "a.md"))
    assert code == 0
    assert "left out, as it cannot be published; plain words of the usual sections stay: a.md: " in said
    assert f"{issue}: was changed by hand; what it held is now in 20250511d.md.orig" in said


@pytest.mark.usefixtures("same_signals")
def test_an_import_stopped_by_ctrl_c_says_what_was_kept_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    row = (
        '{{"url": "https://a.example/{0}", "title": "T", "text": "Words of article {0} alone, no other."}}\n'
    )
    (tmp_path / "rows.jsonl").write_text("".join(row.format(number) for number in range(7)))
    monkeypatch.setattr(import_module("digest.issues.importing.import_articles"), "BATCH", 2)
    monkeypatch.setattr(machinery, "embedder_of", lambda config: Interrupted())
    code, said = typed("-C", str(tmp_path), "import", str(tmp_path / "rows.jsonl"))
    assert code == 130
    assert said == "digest: stopped; 4 of 7 new articles are kept; the same command again takes in the rest"
    monkeypatch.setattr(machinery, "embedder_of", lambda config: FakeEmbedder())
    code, said = typed("-C", str(tmp_path), "import", str(tmp_path / "rows.jsonl"))
    assert "3 articles imported, 0 of them copies of others; 4 known already" in said


@pytest.mark.usefixtures("same_signals")
@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (("publish",), "what digest publish had done is kept; the same command again does the rest"),
        (("search", "kiln"), "what was done so far is kept"),
    ],
)
def test_every_command_answers_ctrl_c_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], kept: str
) -> None:
    def press(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    with places.archive(tmp_path):
        pass
    monkeypatch.setattr("digest.store.drafts.DraftsAndIssues.issues", press)
    monkeypatch.setattr("digest.cli.searching._searcher", press)
    assert typed("-C", str(tmp_path), *words) == (130, f"digest: stopped; {kept}")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_result_that_cannot_be_written_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds: [https://one.example/feed]\n")
    said = tmp_path / "said"
    paths = {"stdin": Path(os.devnull), "stdout": Path("/dev/full"), "stderr": said}
    for words in (("feeds", "list"), ("feeds", "list", "--json"), ("feeds", "list", "--help")):
        said.write_text("")
        assert typed_between(paths, tmp_path, *words) == 1
        assert said.read_text() == "digest: the result was not written whole: No space left on device\n"


def test_closed_streams_are_as_good_as_empty_ones(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("The kiln closed.")
    script = "from digest.cli import main; main()"
    typed = shlex.join([sys.executable, "-c", script, "check", "-", "--in", str(tmp_path / "text.txt")])
    said = tmp_path / "said"
    line = f"exec <&- >&- 2>{shlex.quote(str(said))}; {typed}"
    assert subprocess.run(["sh", "-c", line], check=False, timeout=60).returncode == 1
    assert said.read_text() == "digest: the claim is empty\n"
