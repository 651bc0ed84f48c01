"""The whole batch on the sample week: real server, real model, the commands an editor types."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from digest.analysis.by_model.answer import read_answer
from digest.analysis.by_model.context import Context
from digest.analysis.by_model.numbered import number
from digest.analysis.by_model.record import compose, judge_answer
from digest.analysis.by_model.requests import build_request, compile_analyze, key_parts
from digest.demo import Served, serve
from digest.demo.__main__ import RECORDED, feeds_yaml
from digest.issues.decisions import draft_path
from digest.issues.drafts import DraftFile, read_draft
from digest.issues.pages import read_entry, render_entry
from digest.language.addresses import entry_id
from digest.language_model.asking import question_key
from digest.records import EMPTY
from digest.store import Store
from digest.workspace.model_prompts import load_model_prompt
from digest.workspace.prompt_files import default_files, load_themes

pytestmark = pytest.mark.model

ISSUE = "20261120"
MARKER = "0123456789abcdef"


@dataclass(frozen=True)
class Week:
    """A workspace after its first run, with the server still up."""

    folder: Path
    served: Served
    said: str

    @property
    def output(self) -> Path:
        return self.folder / "output"

    def digest(self, *words: str, exit_code: int = 0) -> str:
        done = command(self.folder, *words)
        assert done.returncode == exit_code, done.stderr
        return done.stdout + done.stderr

    def drafts(self) -> dict[str, DraftFile]:
        paths = sorted((self.output / "drafts" / ISSUE).glob("*.md"))
        return {path.stem[-32:]: read_draft(path.read_text("utf-8"), path) for path in paths}

    def draft_of(self, words: str) -> DraftFile:
        return next(draft for draft in self.drafts().values() if words in draft.entry.title)


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "digest", "-C", str(folder), *words],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Week]:
    folder = tmp_path_factory.mktemp("week")
    for name, text in default_files().items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    with serve() as served:
        (folder / "feeds.yaml").write_text(feeds_yaml(served), "utf-8")
        done = command(folder, "run", "--issue", ISSUE, "--since", "all")
        assert done.returncode == 0, done.stderr
        yield Week(folder, served, done.stdout)


def test_every_story_gets_a_draft_an_editor_can_start_from(week: Week) -> None:
    drafts = week.drafts()
    assert len(drafts) >= 16
    for draft in drafts.values():
        entry = draft.entry
        text = draft_path(week.output, ISSUE, draft.id).read_text("utf-8")
        assert 1 <= len(entry.signals) <= 6, entry.title
        assert text.count("Signal *(observed)*") >= 1, entry.title
        assert len(entry.keywords) == 10, entry.title
        assert 1 <= len(entry.themes) <= 3, entry.title
        sentences = re.search(r"### Sentences of the summary\n\n(.*?)\n\n###", text, re.DOTALL)
        assert sentences is not None
        assert len(re.findall(r"^\d\. ", sentences[1], re.MULTILINE)) in (4, 5), entry.title
        assert draft.status == "pending"


def test_closest_names_neither_the_entry_nor_a_story_twice_and_says_why_it_is_short(week: Week) -> None:
    drafts = week.drafts()
    for draft in drafts.values():
        named = [link.target for link in draft.entry.closest]
        assert draft.id not in named
        assert len(named) == len(set(named))
        assert set(named) <= drafts.keys()
        text = draft_path(week.output, ISSUE, draft.id).read_text("utf-8")
        assert (len(named) < 3) == ("Closest is short" in text)


def test_two_reports_of_one_event_are_one_entry_with_both_sources(week: Week) -> None:
    titles = [draft.entry.title for draft in week.drafts().values() if "Medlinea" in draft.entry.title]
    assert len(titles) == 1
    sources = [source.title for source in week.draft_of("Medlinea").entry.sources]
    assert len(sources) == 2
    assert any("Tarrow Courier" in source for source in sources)


def test_a_syndicated_copy_is_a_source_of_the_original_and_no_draft(week: Week) -> None:
    sources = week.draft_of("240 claims handlers").entry.sources
    assert ["copy" in source.title for source in sources] == [False, True]


def test_a_follow_up_has_its_own_entry_and_names_the_earlier_one(week: Week) -> None:
    earlier, later = week.draft_of("charge vehicles by the kilogram"), week.draft_of("Court pauses")
    assert later.entry.closest[0].target == earlier.id
    text = draft_path(week.output, ISSUE, later.id).read_text("utf-8")
    assert "follow-up" in text


def test_losses_are_named_with_their_reasons(week: Week) -> None:
    report = (week.output / "reports" / f"{ISSUE}.md").read_text("utf-8")
    for reason in ("bot wall (HTTP 403)", "HTTP 404", "in another language (de)", "copy of"):
        assert reason in report
        assert reason in week.said


def test_the_pdf_became_an_article(week: Week) -> None:
    assert week.draft_of("Heat at Work").entry.url.endswith(".pdf")


def test_no_page_is_asked_for_twice_though_a_roundup_lists_it_again(week: Week) -> None:
    pages: dict[str, int] = {}
    for url, times in week.served.stats.items():
        if "feed" not in url and "atom" not in url and "robots.txt" not in url:
            address = url.split("?")[0]
            pages[address] = pages.get(address, 0) + times
    assert pages
    assert max(pages.values()) == 1
    assert not [url for url in pages if re.search(r"subscribe|/about|/archive|/p/no-|\.png|\.jpg", url)]


def test_a_link_is_cleaned_of_trackers_and_its_id_is_that_of_the_address_given(week: Week) -> None:
    for draft in week.drafts().values():
        assert "utm_" not in draft.entry.url
    rss = week.served.feeds[0]["url"]
    assert rss
    given = [url for url in week.served.stats if "utm_" in url]
    assert any(entry_id(url) in week.drafts() for url in given)


def modules_after(folder: Path, *words: str) -> tuple[str, set[str]]:
    """Run a command in a new process; give what it printed, and which heavy modules it loaded."""
    code = (
        "import sys\nfrom digest.cli import main\n"
        f"sys.argv = ['digest', '-C', *{[str(folder), *words]!r}]\n"
        "try:\n    main()\nfinally:\n"
        "    heavy = {'torch', 'sklearn', 'sentence_transformers'}\n"
        "    print('loaded:', *heavy & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, set(done.stderr.strip().split("loaded:")[-1].split())


def test_a_second_run_asks_no_page_loads_no_model_and_changes_nothing(week: Week) -> None:
    asked = dict(week.served.stats)
    before = {path: path.read_bytes() for path in (week.output / "drafts").rglob("*.md")}
    said, loaded = modules_after(week.folder, "run", "--since", "all", "--json")
    assert loaded == set()
    assert [feed["status"] for feed in json.loads(said)["feeds"]] == ["unchanged"] * 4
    newly = {url for url, times in week.served.stats.items() if times != asked.get(url)}
    assert newly == {feed["url"] for feed in week.served.feeds}
    assert before == {path: path.read_bytes() for path in (week.output / "drafts").rglob("*.md")}


def test_similar_loads_no_model_and_shows_what_the_entry_shows(week: Week) -> None:
    draft = week.draft_of("Court pauses")
    said, loaded = modules_after(week.folder, "similar", draft.id, "--json")
    found = json.loads(said)
    assert loaded == set()
    assert found[0]["relation"] == "follow-up"
    assert found[0]["id"] == draft.entry.closest[0].target


def test_what_an_editor_changed_survives_the_next_run_and_is_marked(week: Week) -> None:
    draft = week.draft_of("eelgrass")
    path = draft_path(week.output, ISSUE, draft.id)
    before = path.read_text("utf-8")
    path.write_text(before.replace(f"* {draft.entry.keywords[0]}", "* an editor's keyword", 1), "utf-8")
    week.digest("run", "--since", "all")
    after = week.drafts()[draft.id]
    assert after.entry.keywords == ("an editor's keyword", *draft.entry.keywords[1:])
    assert after.edited == ("keywords",)
    assert after.entry.summary == draft.entry.summary
    path.write_text(before, "utf-8")


def test_an_editors_text_survives_publishing_and_rejected_drafts_stay_out(week: Week) -> None:
    kept, turned_down = week.draft_of("space junk"), week.draft_of("240 claims handlers")
    path = draft_path(week.output, ISSUE, kept.id)
    text = path.read_text("utf-8").replace(kept.entry.summary, "Words of the editor alone.")
    path.write_text(text.replace("status: pending", "status: approved"), "utf-8")
    week.digest("draft", "reject", turned_down.id[:8])
    week.digest("draft", "approve", "--all")
    week.digest("publish", ISSUE)

    page = (week.output / "entries" / f"{kept.id}.md").read_text("utf-8")
    assert "Words of the editor alone." in page
    assert render_entry(read_entry(page)) == page
    assert not (week.output / "entries" / f"{turned_down.id}.md").exists()
    issue = (week.output / "issues" / f"{ISSUE}.md").read_text("utf-8")
    assert "Words of the editor alone." in issue
    assert turned_down.id not in issue
    published = {path.stem for path in (week.output / "entries").glob("*.md")}
    for entry_path in (week.output / "entries").glob("*.md"):
        entry = read_entry(entry_path.read_text("utf-8"))
        assert {link.target for link in entry.closest} <= published
    listed = json.loads((week.output / "issues" / f"{ISSUE}.json").read_text("utf-8"))["entries"]
    assert {each["id"] for each in listed} == published
    assert ISSUE in (week.output / "index.md").read_text("utf-8")
    assert "published" in week.digest("run", "--issue", ISSUE, exit_code=1)


def test_every_article_of_the_week_has_its_recorded_answer(week: Week) -> None:
    prompt = load_model_prompt(week.folder)
    compiled, themes = compile_analyze(prompt), load_themes(week.folder)
    store = Store(week.output)
    articles = store.articles.get(each.id for each in store.articles.listing())
    ids = [each for each, article in articles.items() if article.language == "en"]
    rules = store.articles.analyses_for(ids)
    store.close()
    rows = {}
    for each in ids:
        numbered = number(articles[each])
        request = build_request(numbered, compiled, themes, language="en", marker=MARKER)
        key = question_key(**key_parts(request, prompt, marker=MARKER))
        path = RECORDED / f"{key}.json"
        assert path.exists(), f"{articles[each].title}: its question has another key now"
        answer, problems = read_answer(json.dumps(json.loads(path.read_text("utf-8"))["answer"]))
        assert answer
        assert not problems, articles[each].title
        labels = tuple(theme.theme for theme in themes)
        context = Context(numbered, rules[each], labels, "")
        made = compose(judge_answer(answer, context), context)
        assert all(sentence.evidence for sentence in made.summary)
        rows[made.title] = [(row.signal, row.change, row.driving_force) for row in made.signals]
    purposes = [json.loads(path.read_text("utf-8"))["purpose"] for path in RECORDED.glob("*.json")]
    assert len(ids) == purposes.count("analysis")
    assert rows["Court suspends Port Ansel weight charge for lorries until 1 June"][0] == (
        "Ansel court suspended charge for vehicles over 3.5 tonnes until 1 June",
        "From a start planned on 1 February to suspension until 1 June",
        EMPTY,
    )
