"""output/sent/<issue>.json: what of an issue went where.

It is written before anything is asked of a platform and again when the answer is there. A command that was
killed in between leaves what it was about to do, and the next one asks about that first.
"""

import json
from dataclasses import replace
from pathlib import Path

from digest.errors import StoreError
from digest.issues.output_paths import issue_part
from digest.records import Sending, SentIssue
from digest.records.plain_values import from_json, to_json
from digest.workspace.files import MOST_PAGE, FileError, inside, read_text, write_text


def sent_path(output: Path, issue: str, ending: str) -> Path:
    """Say where a file about sending an issue lies; its ending is such as `.json`."""
    return inside(output, output / "sent" / f"{issue_part(issue)}{ending}")


class SentFile:
    """What went where, of one issue."""

    def __init__(self, output: Path, issue: str) -> None:
        """Read it, where there is one.

        Raises:
            StoreError: it cannot be read, or is no such file.
        """
        self._output = output
        self.path = sent_path(output, issue, ".json")
        self.known = self._read(issue)

    def last(self, to: str, kind: str) -> Sending | None:
        """Give the last sending to a destination; None where nothing went there.

        Args:
            to: Its name.
            kind: What it is: another kind under the same name is another destination.
        """
        found = (each for each in reversed(self.known.sendings) if (each.to, each.kind) == (to, kind))
        return next(found, None)

    def keep(self, sending: Sending) -> None:
        """Write a sending down, in place of what was known of it.

        Raises:
            StoreError: it could not be written.
        """
        others = tuple(each for each in self.known.sendings if each.key != sending.key)
        self.known = replace(self.known, sendings=(*others, sending))
        text = json.dumps(to_json(self.known), ensure_ascii=False, indent=1) + "\n"
        # It names people who subscribed.
        write_text(self.path, text, within=self._output, is_private=True)

    def _read(self, issue: str) -> SentIssue:
        try:
            text = read_text(self.path, most_bytes=MOST_PAGE)
        except FileError as error:
            if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
                return SentIssue(issue)
            raise
        try:
            found = from_json(SentIssue, json.loads(text))
        except (ValueError, TypeError) as error:
            raise StoreError(
                f"{self.path}: not as digest writes it: {error}; nothing was sent; put its backup in place, "
                "or move it away, and what is said to have been sent is not known any more"
            ) from error
        assert isinstance(found, SentIssue)
        return found
