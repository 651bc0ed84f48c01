"""Whatever is done to drafts, in any order and killed anywhere, no editor's word is lost.

DIGEST_HISTORY_SEQUENCES=1000 drives so many sequences; `make test` drives 100.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from fakes import NOW, FakeEmbedder
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from test_drafting import ISSUE, take_in

from digest.errors import DigestError
from digest.issues.decisions import read_statuses, set_status
from digest.issues.drafting import write_drafts
from digest.issues.history.revising import dismiss_offer, lock, restore, take_offer
from digest.issues.history.undoing import redo, undo
from digest.issues.publishing import publish, withdraw_rejected
from digest.records import Evidence, Newsletter, Signal, SignalBasis, Status, SummarySentence
from digest.store import Store
from digest.workspace import files

SEQUENCES = int(os.environ.get("DIGEST_HISTORY_SEQUENCES", "100"))
"""How many sequences are driven: 100 take about a minute."""

STEPS = 14
"""Longest sequence: enough for an edit, two renewals, a publication and their undoing."""

WEEK = Newsletter("Week")
MADE = re.compile(r"^## Evidence\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
"""Made anew in each run: it repeats rows that a restore has since taken back."""

MARK = re.compile(r"mark\d+x")

# How an editor writes a word into a draft: what is replaced, and by what.
EDITS = (
    (r"## Keywords\n", "## Why it matters {}\n\nOwn *words* of [ours](https://e.org/{}).\n\n## Keywords\n"),
    (r"(## Summary\n\n)", r"\1{} was added, **so**. "),
    (r"(## Keywords\n\n)", r"\1* {}\n"),
    (r"(## Themes\n\n)", r"\1* {}\n"),
    (r"(\|:-+\|:-+\|:-+\|:-+\|\n\| )(\w)", r"\1{} \2"),
    (r"(\|:-+\|:-+\|:-+\|:-+\|\n)", r"\1| {} is my own row | – | – | – |\n"),
    (r"(status: .*\n)", r"\1note: {}\n"),
)


class Killed(BaseException):
    """Stands for SIGKILL: what was on disk at that moment is all there is."""


@contextmanager
def killed_at(number: int, folder: Path, to: Path) -> Iterator[None]:
    """Copy a workspace as it is before its nth write, which is the last thing its process does."""
    left = [number]
    replace_file = os.replace

    def counted(*args: Any, **kwargs: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            shutil.copytree(folder, to)
            raise Killed
        return replace_file(*args, **kwargs)

    with mock.patch.object(files.os, "replace", counted):
        yield


def made_once() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="history-"))
    store = Store(folder)
    take_in(store, "kiln", "bay")
    write_drafts(store, folder, ISSUE, model_id=FakeEmbedder.model_id, min_similarity=0.3, now=NOW)
    store.close()
    return folder


class Desk(RuleBasedStateMachine):
    """An editor and a weekly run, at the same drafts."""

    template: Path | None = None

    @initialize()
    def open(self) -> None:
        Desk.template = Desk.template or made_once()
        self.parent = Path(tempfile.mkdtemp(prefix="desk-"))
        self.folder = self.parent / "output0"
        shutil.copytree(Desk.template, self.folder)
        self.store = Store(self.folder)
        self.now, self.count, self.week, self.copies = NOW, 0, 0, 0
        self.ids = [row.id for row in self.store.drafts.drafts()]
        self.written: set[str] = set()

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.parent)

    # -- what is done ------------------------------------------------------------------------------------

    @rule(which=st.integers(0, 1), edit=st.sampled_from(EDITS))
    def write(self, which: int, edit: tuple[str, str]) -> None:
        if not (path := self.path(which)):
            return
        text = path.read_text("utf-8")
        mark = f"mark{self.count}x"
        new = re.sub(edit[0], edit[1].replace("{}", mark), text, count=1)
        if new != text:
            self.count += 1
            self.written.add(mark)
            path.write_text(new, "utf-8")

    @rule(which=st.integers(0, 1), is_cut=st.booleans())
    def move_or_cut_rows(self, which: int, is_cut: bool) -> None:
        if not (path := self.path(which)):
            return
        lines = path.read_text("utf-8").split("\n")
        start = next((at for at, line in enumerate(lines) if line.startswith("|:-")), len(lines)) + 1
        end = next((at for at in range(start, len(lines)) if not lines[at].startswith("|")), start)
        rows = lines[start:end]
        if len(rows) > 1:
            kept = rows[1:] if is_cut and not MARK.search(rows[0]) else rows[::-1]
            path.write_text("\n".join([*lines[:start], *kept, *lines[end:]]), "utf-8")

    @rule(kill=st.integers(0, 3))
    def renew(self, kill: int) -> None:
        self.week += 1
        for article in self.store.articles.get(self.ids).values():
            known = self.store.articles.analyses_for([article.id])[article.id]
            self.store.articles.save_analysis(article, changed(known, article.id, self.week))
        self.keeps_words(lambda: self.run(), kill)

    @rule(
        which=st.integers(0, 1),
        status=st.sampled_from(["approved", "rejected", "deferred", "pending"]),
        kill=st.integers(0, 4),
    )
    def decide(self, which: int, status: Status, kill: int) -> None:
        self.keeps_words(lambda: self.set_status(which, status), kill)

    @rule(which=st.integers(0, 1), name=st.sampled_from(["a.md", "my draft.md", "b.txt"]))
    def rename(self, which: int, name: str) -> None:
        if (path := self.path(which)) and not path.with_name(name).exists():
            path.rename(path.with_name(name))

    @rule(which=st.integers(0, 1))
    def delete(self, which: int) -> None:
        self.read()
        if (path := self.path(which)) and self.path(1 - which):
            path.unlink()

    @rule(kill=st.integers(0, 40))
    def publish(self, kill: int) -> None:
        self.read()
        try:
            done = self.killable(
                lambda: publish(
                    self.store,
                    self.folder,
                    ISSUE,
                    WEEK,
                    now=self.now,
                    anyway=True,
                ),
                kill,
            )
        except DigestError:
            return
        if done:
            page = (self.folder / "issues" / f"{ISSUE}.md").read_text("utf-8")
            for row in self.store.drafts.drafts():
                path = self.path(self.ids.index(row.id))
                if row.status == "approved" and path:
                    body = re.split(
                        r"^## (?:Offered|Evidence)",
                        path.read_text("utf-8").split("\n---\n", 1)[1],
                        maxsplit=1,
                        flags=re.MULTILINE,
                    )[0]
                    assert set(MARK.findall(body)) <= set(MARK.findall(page))

    @rule(kill=st.integers(0, 30), is_redo=st.booleans())
    def undo_or_redo(self, kill: int, is_redo: bool) -> None:
        def go() -> None:
            (redo if is_redo else undo)(self.store, self.folder, WEEK, now=self.now)

        try:
            self.killable(go, kill)
        except DigestError:
            return

    @rule(
        which=st.integers(0, 1),
        version=st.integers(1, 8),
        section=st.sampled_from(["", "summary", "signals"]),
        kill=st.integers(0, 3),
    )
    def restore(self, which: int, version: int, section: str, kill: int) -> None:
        try:
            self.killable(
                lambda: restore(
                    self.store, self.folder, self.ids[which], version, section=section, now=self.now
                ),
                kill,
            )
        except DigestError:
            return

    @rule(which=st.integers(0, 1), number=st.integers(1, 2), is_taken=st.booleans())
    def offers(self, which: int, number: int, is_taken: bool) -> None:
        try:
            (take_offer if is_taken else dismiss_offer)(
                self.store, self.folder, self.ids[which], number, now=self.now
            )
        except DigestError:
            return

    @rule(which=st.integers(0, 1), locks=st.booleans(), section=st.sampled_from(["", "summary", "signals"]))
    def lock(self, which: int, locks: bool, section: str) -> None:
        try:
            lock(self.store, self.folder, self.ids[which], section=section, locks=locks, now=self.now)
        except DigestError:
            return

    # -- what must hold ----------------------------------------------------------------------------------

    @invariant()
    def no_word_is_lost(self) -> None:
        if not hasattr(self, "store"):
            return
        found = {mark for text in self.texts() for mark in MARK.findall(text)}
        for draft_id in self.ids:
            for text in self.store.history.texts_of(draft_id).values():
                found |= set(MARK.findall(text or ""))
        assert self.written <= found, self.written - found

    # -- how ---------------------------------------------------------------------------------------------

    def path(self, which: int) -> Path | None:
        for path in (self.folder / "drafts" / ISSUE).glob("*"):
            if path.suffix in (".md", ".txt") and self.ids[which] in path.read_text("utf-8")[:60]:
                return path
        return None

    def texts(self) -> list[str]:
        return [path.read_text("utf-8") for path in (self.folder / "drafts").rglob("*") if path.is_file()]

    def read(self) -> None:
        """As every command begins."""
        self.now += timedelta(minutes=1)
        try:
            read_statuses(self.store, self.folder, ISSUE, now=self.now)
        except DigestError:
            return
        withdraw_rejected(self.store, self.folder, WEEK, now=self.now)

    def run(self) -> None:
        self.read()
        write_drafts(
            self.store, self.folder, ISSUE, model_id=FakeEmbedder.model_id, min_similarity=0.3, now=self.now
        )

    def set_status(self, which: int, status: Status) -> None:
        try:
            set_status(self.store, self.folder, [self.ids[which]], status, now=self.now)
        except DigestError:
            return
        withdraw_rejected(self.store, self.folder, WEEK, now=self.now)

    def keeps_words(self, do: Any, kill: int) -> None:
        """Do what takes no word out of any file."""
        before = {mark for text in self.texts() for mark in MARK.findall(MADE.sub("", text))}
        self.killable(do, kill)
        after = {mark for text in self.texts() for mark in MARK.findall(text)}
        assert before <= after, before - after

    def killable(self, do: Any, kill: int) -> bool:
        """Do something, killed before its nth write; returns whether it got through."""
        self.copies += 1
        to = self.parent / f"output{self.copies}"
        if not kill:
            do()
            return True
        try:
            with killed_at(kill, self.folder, to):
                do()
        except Killed:
            self.store.close()
            self.folder, self.store = to, Store(to)
            return False
        return True


def changed(analysis: Any, article_id: str, week: int) -> Any:
    """An analysis as a changed article would have it: new sentences, rows on the same and on other ones."""
    quotes = (f"Kilns of {article_id[:4]} closed", f"Divers of {article_id[:4]} counted")
    signals = tuple(
        Signal(
            f"{quote} in week {week // (1 + at)}",
            f"From {week // 2} to more",
            "–",
            "–",
            SignalBasis(change="observed", horizon_10y="none", driving_force="none"),
            (Evidence(0, len(quote), quote, "signal"),),
        )
        for at, quote in enumerate((*quotes, quotes[0])[: 1 + week % 3])
    )
    said = f"In week {week} it was said again."
    return replace(
        analysis,
        summary=(SummarySentence(said, (Evidence(0, len(said), said),)),),
        signals=signals,
        analyzer=f"test {week}",
    )


TestDesk = pytest.mark.sqlite(Desk.TestCase)
TestDesk.settings = settings(
    max_examples=SEQUENCES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
