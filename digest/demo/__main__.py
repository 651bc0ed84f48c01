"""`make demo`: the whole weekly batch on the bundled sample week, through a real HTTP server on this machine.

It types the commands an editor would, in a workspace of its own, so that no sample article gets among a
user's. Run it with `python -m digest.demo [FOLDER [OPTIONS]]`; the folder is made anew each time, and options
go to `digest run`: `--limit 4` shows it in a few seconds. With `--recorded` among them the model analyzer
makes the drafts, from answers that lie beside the week (see recorded/README.md).
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from digest.demo import Served, serve
from digest.workspace.files import write_text
from digest.workspace.prompt_files import default_files

ISSUE = "20261120"
"""The sample week ends on this day."""

PORT = 8799
"""Ids come from addresses, so with the same port every demo gives the same ids."""

ID_CHARS = 32
"""A draft's file ends with its id."""

RECORDED = Path(__file__).with_name("recorded")
"""Answers to the shipped prompts about the articles of the week, and about its issue."""

ANSWERS = "answers"
"""Where they lie in the workspace, where they may be read and mended."""

USAGE = """usage: python -m digest.demo [FOLDER [OPTIONS]] [--recorded]

Runs the weekly batch on the bundled sample week, approves every draft and publishes the issue.

  FOLDER      the workspace, made anew each time; default: output/demo
  OPTIONS     go to digest run: --limit 4 shows it in a few seconds
  --recorded  the model analyzer makes the drafts, from recorded answers"""

_MARK = "made by digest.demo; made anew each time\n"


def main() -> None:
    """Make the workspace, run the batch, approve every draft, publish the issue, and say where it is.

    With a model the issue has an introduction too, in italics: nobody took it over.
    """
    if {"-h", "--help"} & set(sys.argv[1:]):
        _say(USAGE)
        return
    options = [each for each in sys.argv[1:] if each != "--recorded"]
    if options and options[0].startswith("-"):
        sys.stderr.write(
            f"demo: expected a folder before the options of digest run, got {options[0]}\n{USAGE}\n"
        )
        sys.exit(2)
    folder = Path(options[0] if options else "output/demo")
    model = f"recorded:{ANSWERS}" if "--recorded" in sys.argv[1:] else ""
    _prepare(folder)
    if model:
        shutil.copytree(RECORDED, folder / ANSWERS)
    with _serve() as week:
        write_text(folder / "feeds.yaml", feeds_yaml(week, model))
        _say(f"serving the sample week on {week.hosts[0]} and {len(week.hosts) - 1} more addresses")
        _digest(folder, "run", "--issue", ISSUE, "--since", "all", *options[1:])
    _say("an editor would now review the drafts; the demo approves all of them")
    _digest(folder, "draft", "approve", "--all", quiet=True)
    # The approved entries make the question: there is no answer about fewer.
    if model and not options[1:]:
        _digest(folder, "introduce", ISSUE)
    _digest(folder, "publish", ISSUE)
    issue = folder / "output" / "issues" / f"{ISSUE}.md"
    drafts = folder / "output" / "drafts" / ISSUE
    first = next(iter(sorted(drafts.glob("*.md"))))
    _say(
        f"\nthe issue:   {issue}\n"
        f"the drafts:  {drafts}\n"
        f"the report:  {folder / 'output' / 'reports' / (ISSUE + '.md')}\n\n"
        f"read it:     open {issue.with_suffix('.html')} in a browser, or: less {issue}\n"
        f"one entry:   less {first}\n"
        f"its closest: {_program()} -C {folder} similar {first.stem[-ID_CHARS:]}"
    )


def feeds_yaml(week: Served, model: str = "") -> str:
    """Write the demo workspace's feeds.yaml, with a language model where one is named."""
    feeds = "".join(
        f"  - url: {feed['url']}\n    title: {feed['title']}\n    kind: {feed['kind']}\n"
        for feed in week.feeds
    )
    hosts = ", ".join(sorted(set(week.hosts)))
    analyzer = f"  analyzer: model\n  language_model: {model}\n" if model else ""
    return (
        "# The sample week, served on this machine by: make demo\n"
        "newsletter:\n  title: Signals of the week\n  language: en\n  time_zone: Europe/Berlin\n"
        f"settings:\n  allow_hosts: [{hosts}]\n{analyzer}"
        f"feeds:\n{feeds}"
    )


@contextmanager
def _serve() -> Iterator[Served]:
    with ExitStack() as stack:
        try:
            week = stack.enter_context(serve(PORT))
        except OSError:
            # Somebody else has the port; the ids will differ from other demos, nothing else.
            week = stack.enter_context(serve(0))
        yield week


def _prepare(folder: Path) -> None:
    mark = folder / ".demo"
    if folder.exists() and any(folder.iterdir()):
        if not mark.exists():
            sys.exit(f"demo: {folder} is not empty and was not made by the demo; name another folder")
        shutil.rmtree(folder)
    for name, text in default_files().items():
        write_text(folder / name, text)
    write_text(mark, _MARK)


def _digest(folder: Path, *words: str, quiet: bool = False) -> None:
    _say(f"\n$ digest -C {folder} {' '.join(words)}")
    command = [sys.executable, "-m", "digest", "-C", str(folder), *words]
    done = subprocess.run(command, stdout=subprocess.DEVNULL if quiet else None, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def _program() -> str:
    """The installed command as one types it here: short where it lies below this folder."""
    program = Path(sys.executable).with_name("digest")
    return str(program.relative_to(Path.cwd()) if program.is_relative_to(Path.cwd()) else program)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
