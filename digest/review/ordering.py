"""The order of an issue in the desk: its stories, and its themes, whose stories move together."""

from collections.abc import Sequence
from dataclasses import dataclass

from digest.errors import DigestError
from digest.issues.order import put_in_order
from digest.language.counts import counted
from digest.review.handlers import Answer, Desk
from digest.review.lines import Line, Overview, by_theme, chosen
from digest.store import Store


@dataclass(frozen=True)
class Theme:
    """A theme of an issue."""

    name: str
    lines: tuple[Line, ...]
    """Its stories that have rows, in their order."""

    @property
    def has_heading(self) -> bool:
        """Whether it is printed under its own name; those of one story stand together behind these."""
        return len(self.lines) > 1


def approved(view: Overview) -> list[Line]:
    """Give the stories that have a place in the issue, in their order."""
    return [each for each in chosen(view.lines, "approved", "") if each.id in view.files.found]


def themes_of(lines: Sequence[Line]) -> list[Theme]:
    """Give the themes of an issue in the order in which they are printed."""
    found = [Theme(name, tuple(group)) for name, group in by_theme([each for each in lines if each.has_rows])]
    return sorted(found, key=lambda each: not each.has_heading)


def order(desk: Desk, issue: str, draft_id: str, by: int, *, place: int = 0) -> Answer:
    """Move an approved story in its issue by some places, less than 0 is up; or to a place, from 1."""
    with desk.writing() as store:
        view = desk.overview_of(store, issue)
        placed = [each.id for each in approved(view)]
        if draft_id not in placed:
            raise DigestError("only approved stories with a file have a place in the issue")
        at = placed.index(draft_id)
        to = _place(at, by, place, len(placed))
        placed.insert(to, placed.pop(at))
        _write(desk, store, view, placed)
    said = [f"{to + 1} of {len(placed)}: {view.files.found[draft_id].file.entry.title}"]
    return 303, f"/issue/{issue}/publish?said={desk.keep(said)}&at={draft_id}"


def order_themes(desk: Desk, issue: str, name: str, by: int, *, place: int = 0) -> Answer:
    """Move a theme with all its stories; one without a heading stays behind those that have one."""
    with desk.writing() as store:
        view = desk.overview_of(store, issue)
        lines = approved(view)
        themes = themes_of(lines)
        at = next((at for at, each in enumerate(themes) if each.name == name), -1)
        if at < 0:
            raise DigestError(f"{name}: no theme of an approved story with rows, any more")
        headed = sum(each.has_heading for each in themes)
        first, last = (0, headed) if themes[at].has_heading else (headed, len(themes))
        to = first + _place(at - first, by, max(place - first, 1) if place else 0, last - first)
        themes.insert(to, themes.pop(at))
        placed = [each.id for theme in themes for each in theme.lines]
        placed += [each.id for each in lines if not each.has_rows]
        _write(desk, store, view, placed)
    stories = counted(len(themes[to].lines), "story", "stories")
    said = [f"theme {to + 1} of {len(themes)}: {name}, with {stories}"]
    return 303, f"/issue/{issue}/publish?said={desk.keep(said)}&theme={at_theme(themes[to])}"


def at_theme(theme: Theme) -> str:
    """Say which theme has the focus: by its first story, which is of it alone."""
    return theme.lines[0].id


def _place(at: int, by: int, place: int, count: int) -> int:
    return min(max(place - 1 if place else at + by, 0), count - 1)


def _write(desk: Desk, store: Store, view: Overview, placed: Sequence[str]) -> None:
    found = [view.files.found[each] for each in placed]
    put_in_order(store, desk.workspace.output, view.issue, found, now=desk.workspace.now())
