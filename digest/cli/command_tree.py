"""What all commands share before and after their own work: misplaced options, and Ctrl-C."""

import inspect
import shlex
import signal
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import typer
from typer.core import TyperGroup

from digest.cli import printing
from digest.cli.common import Stopped
from digest.cli.printing import LogForm
from digest.language.screen import visible
from digest.language.secrecy import shown_text

TYPED = "digest.typed"
"""Where the words after the shared options are kept."""

WORDS = "digest.words"
"""And all of them."""

LOG_FORM = "digest.log_form"
"""And how what is wrong with them is written."""


class CommandTree(TyperGroup):
    """The top of the commands' tree."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _unwrap(self)

    def make_context(self, *args: Any, **options: Any) -> Any:
        """Read the shared options; what is wrong with them is shown, whatever was typed."""
        words = list(args[1] if len(args) > 1 else options.get("args", ()))
        form = _log_form(words)
        printing.say_in(form)
        try:
            made = super().make_context(*args, **options)
        except Exception as error:
            raise _told(error, form) from error.__cause__
        made.meta[LOG_FORM], made.meta[WORDS] = form, words
        return made

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command, and remember its words for `invoke`."""
        ctx.meta[TYPED] = list(args)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was typed."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            # Whoever presses it again while threads are ending wants no more words.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            kept = str(error) if isinstance(error, Stopped) else "what was done so far is kept"
            printing.say(f"digest: stopped; {kept}")
            raise typer.Exit(130) from error
        except Exception as error:
            # Typer keeps its own copy of Click's errors to itself; this one is told by what it names.
            name = getattr(error, "option_name", "")
            own = {each for parameter in self.params for each in parameter.opts}
            form = ctx.meta[LOG_FORM]
            if name not in own or not hasattr(error, "ctx"):
                raise _told(error, form) from error.__cause__
            hint = f"{name} goes before the command{_moved(name, ctx.meta[WORDS], ctx.meta[TYPED], self)}"
            raise _told(typer.BadParameter(hint, ctx=error.ctx), form) from error


def _unwrap(command: Any) -> None:
    """Join the lines of help texts, of which Typer joins those of the first paragraph alone."""
    for each in getattr(command, "commands", {}).values():
        _unwrap(each)
    if command.help:
        paragraphs = inspect.cleandoc(command.help).split("\n\n")
        command.help = "\n\n".join(each.replace("\n", " ") for each in paragraphs)


def _log_form(words: Sequence[str]) -> LogForm:
    """Find out how to write what is wrong with the words themselves, wherever the option stands in them."""
    before = words[: words.index("--")] if "--" in words else words
    is_json = ("--log", "json") in pairwise(before) or "--log=json" in before
    return LogForm.json if is_json else LogForm.text


def _told(error: Exception, form: LogForm) -> Exception:
    """Have an error of usage shown, or say it here in a line of JSON, and give what ends the command."""
    if form is LogForm.text:
        return _shown(error)
    if isinstance(error, typer.Abort):
        said, code = "stopped", 1
    elif hasattr(error, "format_message") and hasattr(error, "exit_code"):
        said, code = error.format_message() or "expected a command", error.exit_code
    else:
        return error
    printing.say_in(form)
    printing.say(said, level="error")
    return typer.Exit(code)


def _shown(error: Exception) -> Exception:
    """Have what an error of usage says written out visibly, and nothing secret in it.

    Typer draws a box around it, with colours and line breaks: what is said must be judged before.
    """
    if hasattr(error, "format_message") and str(getattr(error, "message", "")):
        said = visible(shown_text(error.format_message()))
        error.format_message = lambda: said
    return error


def _moved(name: str, words: list[str], typed: list[str], tree: CommandTree) -> str:
    """Give the words that were typed with an option of the last of them, `typed`, moved to the others; empty
    where it is not told apart."""
    at = next((at for at, word in enumerate(typed) if word.startswith(name)), None)
    if at is None:
        return ""
    takes_value = any(name in each.opts and not _is_flag(each) for each in tree.params)
    end = at + 1 + (takes_value and typed[at] == name)
    before = words[: len(words) - len(typed)]
    return f": {shlex.join(['digest', *before, *typed[at:end], *typed[:at], *typed[end:]])}"


def _is_flag(parameter: Any) -> bool:
    return bool(getattr(parameter, "is_flag", False) or getattr(parameter, "count", False))
