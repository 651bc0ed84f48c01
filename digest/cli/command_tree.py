"""What all commands share before and after their own work: misplaced options, and Ctrl-C."""

import shlex
import signal
from typing import Any

import typer
from typer.core import TyperGroup

from digest.cli.common import Stopped
from digest.cli.printing import say
from digest.language.screen import visible
from digest.language.secrecy import shown_text

TYPED = "digest.typed"
"""Where the words after the shared options are kept."""


class CommandTree(TyperGroup):
    """The top of the commands' tree."""

    def make_context(self, *args: Any, **options: Any) -> Any:
        """Read the shared options; what is wrong with them is shown, whatever was typed."""
        try:
            return super().make_context(*args, **options)
        except Exception as error:
            raise _shown(error) from error.__cause__

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
            say(f"digest: stopped; {kept}")
            raise typer.Exit(130) from error
        except Exception as error:
            # Typer keeps its own copy of Click's errors to itself; this one is told by what it names.
            name = getattr(error, "option_name", "")
            own = {each for parameter in self.params for each in parameter.opts}
            if name not in own or not hasattr(error, "ctx"):
                raise _shown(error) from error.__cause__
            hint = f"{name} goes before the command{_moved(name, ctx.meta[TYPED], self)}"
            raise typer.BadParameter(visible(shown_text(hint)), ctx=error.ctx) from error


def _shown(error: Exception) -> Exception:
    """Have what an error of usage says written out visibly, and nothing secret in it.

    Typer draws a box around it, with colours and line breaks: what is said must be judged before.
    """
    if hasattr(error, "format_message") and str(getattr(error, "message", "")):
        said = visible(shown_text(error.format_message()))
        error.format_message = lambda: said
    return error


def _moved(name: str, typed: list[str], tree: CommandTree) -> str:
    """Give the words that were typed with an option moved to the front; empty where it is not told apart."""
    at = next((at for at, word in enumerate(typed) if word.startswith(name)), None)
    if at is None:
        return ""
    takes_value = any(name in each.opts and not _is_flag(each) for each in tree.params)
    end = at + 1 + (takes_value and typed[at] == name)
    return f": {shlex.join(['digest', *typed[at:end], *typed[:at], *typed[end:]])}"


def _is_flag(parameter: Any) -> bool:
    return bool(getattr(parameter, "is_flag", False) or getattr(parameter, "count", False))
