"""Checks of what drafts would publish, whoever wrote it, and what an editor approved all the same."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from digest import __version__
from digest.articles.sentences import sentences
from digest.checks.checker import checker
from digest.issues.draft_files import FoundDraft
from digest.issues.pages import admit
from digest.records import CELLS, Analysis, DraftChecks, Entry, FailedCheck, Problem
from digest.records.plain_values import to_json
from digest.store import Store


def check_drafts(store: Store, found: Mapping[str, FoundDraft]) -> dict[str, DraftChecks]:
    """Check each sentence of the summaries, each signal, and other cells that are observed or an editor's.

    What was checked before and is the same is not checked again. Of an imported article nothing is said:
    there is no text to check against that was read here.

    Args:
        store: The archive; what is found is kept there.
        found: Drafts whose files can be read, by id.

    Returns:
        By id, for those that can be checked and are not rejected.
    """
    known = store.drafts.checks_of(found)
    keys = store.articles.keys_of(found)
    ids = [
        each
        for each, draft in found.items()
        if draft.file.status != "rejected" and each in keys and not keys[each].is_imported
    ]
    analyses = store.articles.analyses_for(ids)
    marks = {each: _mark(found[each].file.entry, analyses.get(each)) for each in ids}
    stale = [each for each in ids if known[each].checked != marks[each]]
    articles = store.articles.get(stale)
    fresh = {}
    for each in stale:
        article = articles[each]
        statements = _statements(found[each].file.entry, analyses.get(each), article.language)
        failed = tuple(_failures(statements, checker(article)))
        fresh[each] = replace(known[each], checked=marks[each], failed=failed)
    if fresh:
        store.drafts.save_checks(fresh)
    return {each: fresh.get(each, known[each]) for each in ids}


def accept(store: Store, checks: Mapping[str, DraftChecks]) -> None:
    """Remember that an editor wants what fails now all the same."""
    store.drafts.save_checks({each: replace(found, accepted=found.failed) for each, found in checks.items()})


def newer(checks: DraftChecks) -> tuple[FailedCheck, ...]:
    """Give what fails and was not accepted."""
    return tuple(each for each in checks.failed if each not in checks.accepted)


def lines_of(draft: FoundDraft, failed: Iterable[FailedCheck]) -> list[str]:
    """Say what fails: file, sentence and reason."""
    return [f"{draft.path.name}: “{each.statement}”: {_reason(each)}" for each in failed]


def _reason(failed: FailedCheck) -> str:
    if failed.kind == "unrelated":
        return "nothing like it is in the article"
    if failed.kind == "unchecked":
        return failed.claim
    what = f"{failed.kind}: {failed.claim}" if failed.claim else failed.kind
    return f"{what}; article has {failed.document or 'nothing of the kind'}"


def _mark(entry: Entry, analysis: Analysis | None) -> str:
    """Give a hash of all that the outcome of the checks hangs on; an article's text never changes."""
    made = _unclaimed(analysis) if analysis else set()
    parts = [__version__, entry.summary, [to_json(row) for row in entry.signals], sorted(made)]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _statements(entry: Entry, analysis: Analysis | None, language: str) -> Iterator[str]:
    left = entry.summary
    for sentence in analysis.summary if analysis else ():
        text = admit(sentence.text)
        if text and text in left:
            # A break keeps what stood around it from being read as one sentence.
            left = left.replace(text, "\n", 1)
            yield text
    yield from (left[each.start : each.end] for each in sentences(left, language or "en"))
    unclaimed = _unclaimed(analysis) if analysis else set()
    for row in entry.signals:
        for name in CELLS:
            text = getattr(row, name)
            if text and (name == "signal" or (name, text) not in unclaimed):
                yield text


def _unclaimed(analysis: Analysis) -> set[tuple[str, str]]:
    """Give the cells that are judgement, not observed: they need not be in the article."""
    return {
        (name, admit(getattr(signal, name)))
        for signal in analysis.signals
        for name in CELLS
        if getattr(signal.basis, name) not in ("observed", "editor")
    }


def _failures(
    statements: Iterable[str], problems_of: Callable[[str], tuple[Problem, ...]]
) -> Iterator[FailedCheck]:
    for statement in dict.fromkeys(statements):
        for problem in dict.fromkeys(problems_of(statement)):
            yield FailedCheck(statement, problem.kind, admit(problem.claim), admit(problem.document))
