"""Checks of what drafts would publish, whoever wrote it, and what an editor approved all the same."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from digest import __version__
from digest.checks.checker import borne_out, checker, evidence_for
from digest.issues.draft_files import FoundDraft
from digest.issues.drafts import (
    DraftFile,
    Prose,
    Statement,
    judgement,
    offered,
    prose_of_draft,
    statement_key,
    statements_of,
    swallowing_lines,
    without_marks,
)
from digest.issues.pages import admit
from digest.records import CELLS, Analysis, Article, DraftChecks, Evidence, FailedCheck, Problem
from digest.store import Store

MAY_SWALLOW = re.compile(r"^.*(?:```|~~~).*$|<[^>\n]*>?", re.MULTILINE)
"""Lines and tags that may make Markdown read what follows as something else."""


def check_drafts(store: Store, found: Mapping[str, FoundDraft]) -> dict[str, DraftChecks]:
    """Check all that a draft says outside own sections; see `drafts.checked_statements`.

    What was checked before and is the same is not checked again. Of an imported article nothing is said:
    there is no text to check against that was read here. Nor of a draft with code or HTML without an end:
    what it says is not known until that is mended.

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
        if draft.status != "rejected" and each in keys and not keys[each].is_imported
    ]
    newest = store.articles.newest_analyses(ids)
    new = [each for each in ids if not _is_settled(found[each], known[each], newest.get(each, 0))]
    analyses = store.articles.analyses_for(new)
    prose = {each: prose_of_draft(found[each].text) for each in new}
    marks = {each: _mark(found[each], prose[each], analyses.get(each)) for each in new}
    stale = [each for each in new if known[each].checked != marks[each]]
    articles, links = store.articles.get(stale), store.links.links_of(stale)
    fresh = {}
    for each in stale:
        file, article, analysis = found[each].file, articles[each], analyses.get(each)
        given = {article.title, links[each].link.title if each in links else ""}
        title = _title_of_editor(file, analysis, given)
        is_hidden = bool(swallowing_lines(found[each].text))
        failed = () if is_hidden else tuple(_failures(prose[each], analysis, article, title))
        fresh[each] = replace(known[each], checked=marks[each], failed=failed)
    if fresh:
        store.drafts.save_checks(fresh)
    return {each: fresh.get(each, known[each]) for each in ids}


def _is_settled(draft: FoundDraft, known: DraftChecks, newest: int) -> bool:
    """Tell whether the checks judged this very text, with this very analysis, already."""
    glance = draft.glance
    return glance is not None and (glance.checked, glance.analysis) == (known.checked, newest)


def accept(store: Store, checks: Mapping[str, DraftChecks]) -> None:
    """Remember that an editor wants what fails now all the same; within a step it is undone with that."""
    store.history.note_accepted(checks)
    store.drafts.save_checks({each: replace(found, accepted=found.failed) for each, found in checks.items()})


def accept_some(store: Store, draft_id: str, checks: DraftChecks, failed: Iterable[FailedCheck]) -> None:
    """Remember that an editor wants some of what fails all the same; within a step it is undone with that."""
    store.history.note_accepted([draft_id])
    left = (*checks.accepted, *(each for each in failed if each not in checks.accepted))
    store.drafts.save_checks({draft_id: replace(checks, accepted=left)})


def check_mark(failed: FailedCheck) -> str:
    """Give a hash by which a warning is known."""
    said = json.dumps([failed.statement, failed.kind, failed.claim, failed.document])
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def newer(checks: DraftChecks) -> tuple[FailedCheck, ...]:
    """Give what fails and was not accepted."""
    return tuple(each for each in checks.failed if each not in checks.accepted)


def sentence_count(failed: Iterable[FailedCheck]) -> int:
    """Count the sentences that fail, each once, whatever is wrong with it."""
    return len({statement_key(each.statement) for each in failed})


def lines_of(draft: FoundDraft, failed: Iterable[FailedCheck]) -> list[str]:
    """Say what fails: file, line, sentence and reason."""
    failures = list(failed)
    places = dict(draft.glance.places) if draft.glance else {}
    if all(each.statement in places for each in failures):
        return [
            f"{draft.path.name}: {places[each.statement]}“{each.statement}”: {reason_of(each)}"
            for each in failures
        ]
    prose = prose_of_draft(draft.text) if failures else []
    return [
        f"{draft.path.name}: {_where(each.statement, prose, draft.file)}“{each.statement}”: {reason_of(each)}"
        for each in failures
    ]


def places_of(draft: FoundDraft, failed: Iterable[FailedCheck]) -> dict[str, str]:
    """Say in which lines statements begin that fail."""
    failures = list(failed)
    prose = prose_of_draft(draft.text) if failures else []
    return {each.statement: _where(each.statement, prose, draft.file) for each in failures}


def _where(statement: str, prose: Sequence[Prose], file: DraftFile) -> str:
    """Name the line that a statement begins in."""
    whole = (each.line_at(0) for each in prose if statement == _said(each, file))
    part = (
        each.line_at(each.text.index(statement))
        for each in prose
        if each.kind != "title" and statement in each.text
    )
    line = next(whole, next(part, None))
    return "" if line is None else f"line {line + 1}: "


def _said(each: Prose, file: DraftFile) -> str:
    return without_marks(file.entry.title) if each.kind == "title" else each.text


def reason_of(failed: FailedCheck) -> str:
    """Say in words why a statement fails."""
    if failed.kind == "unrelated":
        return "nothing like it is in the article"
    if failed.kind == "unchecked":
        return failed.claim
    what = f"{failed.kind}: {failed.claim}" if failed.claim else failed.kind
    return f"{what}; article has {failed.document or 'nothing of the kind'}"


def _mark(draft: FoundDraft, prose: Sequence[Prose], analysis: Analysis | None) -> str:
    """Give a hash of all that the outcome of the checks hangs on; an article's text never changes."""
    said = [(each.section, each.kind, each.column, each.is_italic, _said(each, draft.file)) for each in prose]
    made: list[object] = []
    if analysis:
        rests = sorted((text, [each.start for each in found]) for text, found in _rests(analysis).items())
        made = [analysis.title, sorted(judgement(analysis)), sorted(offered(analysis)), rests]
    parts = [__version__, said, made, _own_title(draft.file), MAY_SWALLOW.findall(draft.text)]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()


def _own_title(file: DraftFile) -> bool:
    """Tell whether the title is not the one that was made."""
    return "title" in file.edited or "title" not in file.generated


def _title_of_editor(file: DraftFile, analysis: Analysis | None, given: Iterable[str]) -> str:
    """Give the title, if an editor wrote it: it is neither made nor the page's or the feed's."""
    known = {admit(each) for each in (*given, analysis.title if analysis else "")}
    return file.entry.title if _own_title(file) and file.entry.title not in known else ""


def _failures(
    prose: Sequence[Prose], analysis: Analysis | None, article: Article, title: str
) -> Iterator[FailedCheck]:
    problems_of = checker(article)
    # A title is written from another: what only the page's own title says is borne out, too.
    texts = (article.title, analysis.title if analysis else "", article.text)
    title_problems_of = checker(replace(article, text="\n\n".join(texts)))
    rests = _rests(analysis) if analysis else {}
    for each in statements_of(prose, analysis, article.language, title=title):
        failed = list(_failed(each, title_problems_of if each.with_title else problems_of))
        # What an editor left as it was made is judged as it was then: by what it rests on.
        if failed and not borne_out(each.text, rests.get(each.text, ()), article):
            yield from failed


def _rests(analysis: Analysis) -> dict[str, tuple[Evidence, ...]]:
    """Give the statements that were made, and what each rests on."""
    cells = {
        without_marks(getattr(row, name)): evidence_for(row, name)
        for row in analysis.signals
        for name in CELLS
        if getattr(row, name)
    }
    return cells | {without_marks(each.text): tuple(each.evidence) for each in analysis.summary}


def _failed(statement: Statement, problems_of: Callable[[str], tuple[Problem, ...]]) -> Iterator[FailedCheck]:
    for problem in dict.fromkeys(problems_of(statement.text)):
        if statement.kinds is None or problem.kind in statement.kinds:
            yield FailedCheck(statement.text, problem.kind, admit(problem.claim), admit(problem.document))
