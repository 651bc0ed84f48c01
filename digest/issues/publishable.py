"""What of drafts cannot be published as it stands, and keeping what their files say for the next list."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from digest.issues.draft_checks import newer, places_of
from digest.issues.draft_files import FoundDraft, glance_key
from digest.issues.drafts import swallowing_lines, unchecked_sections, unpublishable_lines
from digest.records import DraftChecks, DraftGlance
from digest.store import Store


def unpublishable(store: Store, found: Mapping[str, FoundDraft]) -> Iterator[str]:
    """Name, by file and line, what of drafts could not be published as it stands."""
    evidence = store.drafts.evidence_of(found)
    for each, draft in found.items():
        glance, made = draft.glance, evidence.get(each)
        is_known = glance is not None and glance.evidence == evidence_key(made)
        lines = glance.unpublishable if glance and is_known else unpublishable_lines(draft.text, made)
        for line, what in lines:
            yield f"{draft.path}: line {line}: {what}"


def keep_glances(store: Store, found: Mapping[str, FoundDraft], checks: Mapping[str, DraftChecks]) -> None:
    """Keep what the files of drafts say, so that the next list need not read through those that are the same.

    Args:
        store: The archive.
        found: The drafts as their files stand.
        checks: What the checks found in them just now.
    """
    newest = store.articles.newest_analyses(found)
    evidence = store.drafts.evidence_of(found)
    fresh = {}
    for each, draft in found.items():
        made, checked = evidence_key(evidence.get(each)), checks.get(each, DraftChecks())
        places = {line.statement for line in newer(checked)}
        old = draft.glance
        if (
            old
            and (old.evidence, old.checked, old.analysis) == (made, checked.checked, newest.get(each, 0))
            and places <= {statement for statement, _ in old.places}
        ):
            continue
        fresh[each] = DraftGlance(
            glance_key(draft.text),
            draft.status,
            draft.file.entry.title,
            len(draft.file.entry.signals),
            len(draft.file.entry.sources),
            checked.checked,
            newest.get(each, 0),
            made,
            tuple(unpublishable_lines(draft.text, evidence.get(each))),
            tuple(unchecked_sections(draft.text)),
            tuple(places_of(draft, newer(checked)).items()),
        )
    if fresh:
        store.drafts.save_glances(fresh)


def with_status_alone(old: FoundDraft, new: FoundDraft) -> FoundDraft:
    """Give a draft of which nothing but the status line is another with all that is known of its text."""
    lines, now = old.text.split("\n"), new.text.split("\n")
    others = [(was, line) for was, line in zip(lines, now, strict=False) if was != line]
    is_alone = len(lines) == len(now) and all(line.startswith("status:") for pair in others for line in pair)
    if old.glance is None or not is_alone or len(others) > 1:
        return new
    return replace(new, glance=replace(old.glance, key=glance_key(new.text), status=new.row.status))


def evidence_key(made: str | None) -> str:
    """Give the hash of the Evidence that a draft was given; empty where that is not known."""
    return "" if made is None else hashlib.sha256(made.encode("utf-8", "replace")).hexdigest()


def unreadable(found: Mapping[str, FoundDraft]) -> dict[str, list[str]]:
    """Name code and HTML without an end, by draft; until it is mended, such a draft is not checked."""
    faults = {each: swallowing_lines(draft.text) for each, draft in found.items()}
    return {
        each: [f"{found[each].path}: line {line}: {what}" for line, what in lines]
        for each, lines in faults.items()
        if lines
    }


def unchecked(found: Mapping[str, FoundDraft]) -> Iterator[str]:
    """Name, by file and line, own sections that may have been meant for others, whose words are checked."""
    for draft in found.values():
        for line, what in draft.glance.unchecked if draft.glance else unchecked_sections(draft.text):
            yield f"{draft.path.name}: line {line}: {what}"
