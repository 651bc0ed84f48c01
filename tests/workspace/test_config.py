"""feeds.yaml, prompts/ and the environment: what is read, and how mistakes are told."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from digest.errors import ConfigError
from digest.records import Feed
from digest.workspace import feeds_file
from digest.workspace.config import Config, Settings, load_config
from digest.workspace.config_values import since_datetime
from digest.workspace.feeds_file import add_feed, replace_feed_url
from digest.workspace.prompt_files import default_files, load_patterns, load_themes

DATA = Path(__file__).parents[1] / "data" / "feeds"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def load(folder: Path, text: str, **environ: str) -> Config:
    (folder / "feeds.yaml").write_text(text, encoding="utf-8")
    return load_config(folder, environ=environ)


def problems(folder: Path, text: str, **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load(folder, text, **environ)
    return list(raised.value.problems)


def test_everything_in_the_file_is_read(tmp_path: Path) -> None:
    config = load(tmp_path, (DATA / "commented.yaml").read_text())
    assert config.newsletter.title == "Weak Signals"
    assert config.settings.allow_hosts == ("127.0.0.0/8",)
    assert config.feeds == (
        Feed("https://one.example/feed", tags=("science",)),
        Feed("https://two.example/rss"),
        Feed("https://three.example/atom", kind="roundup", title='Three, "quoted"'),
    )


def test_what_is_left_out_or_left_empty_has_its_default(tmp_path: Path) -> None:
    config = load(tmp_path, "newsletter:\n  title:\nsettings:\n  proxy:\nfeeds:\n")
    assert (config.newsletter.language, config.newsletter.time_zone) == ("en", "UTC")
    assert (config.settings.concurrency, config.settings.since, config.settings.proxy) == (32, "7d", "")
    assert config.feeds == ()


def test_words_of_yaml_1_1_stay_words(tmp_path: Path) -> None:
    config = load(tmp_path, "newsletter: {title: no}\nfeeds: [{url: 'https://a.example', tags: [on, yes]}]\n")
    assert config.newsletter.title == "no"
    assert config.feeds[0].tags == ("on", "yes")


def test_every_mistake_is_told_at_once_with_line_and_field(tmp_path: Path) -> None:
    text = """\
newsletter:
  titel: Signals
  time_zone: Europe/Berln
settings:
  timeout_s: soon
  concurrency: 0
  concurrency: 5
  drafts_in_other_languages: yes
  allow_hosts: [127.0.0.0/8, "http://x"]
  since: last week
feeds:
  - url: https://a.example/rss
  - url: example.com/rss
    limit: 0
    kind: roundups
    tags: news
  - http://www.A.example/rss/
  - title: 2026
  - 5
feed: []
"""
    assert problems(tmp_path, text, DIGEST_PER_HOST="many") == [
        "feeds.yaml:2: newsletter.titel: unknown key; did you mean 'title'?",
        "feeds.yaml:3: newsletter.time_zone: expected a time zone such as Europe/Berlin, got 'Europe/Berln'",
        "feeds.yaml:5: settings.timeout_s: expected a number, got 'soon'",
        "feeds.yaml:6: settings.concurrency: expected at least 1, got 0",
        "feeds.yaml:7: settings: 'concurrency' is given twice; first on line 6",
        "feeds.yaml:8: settings.drafts_in_other_languages: expected true or false, got 'yes'",
        "feeds.yaml:9: settings.allow_hosts[1]: expected a host name, an address or a network "
        "such as 10.0.0.0/8, got 'http://x'",
        "feeds.yaml:10: settings.since: expected a span such as 7d, 24h or 2w, a date such as 2026-11-22, "
        "or all, got 'last week'",
        "feeds.yaml:13: feeds[1].url: expected an http(s) URL, got 'example.com/rss'",
        "feeds.yaml:14: feeds[1].limit: expected at least 1, got 0",
        "feeds.yaml:15: feeds[1].kind: expected articles, roundup, mail, sitemap or page, got 'roundups'",
        "feeds.yaml:16: feeds[1].tags: expected a list, got 'news'",
        "feeds.yaml:17: feeds[2].url: the same feed as feeds[0] on line 12",
        "feeds.yaml:18: feeds[3].title: expected text, got 2026; put quotes round it",
        "feeds.yaml:18: feeds[3].url: missing",
        "feeds.yaml:19: feeds[4]: expected keys with values, got 5",
        "feeds.yaml:20: feed: unknown key; did you mean 'feeds'?",
        "DIGEST_PER_HOST: expected a whole number, got 'many'",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "feeds.yaml: empty; delete it, and digest init makes a new one"),
        ("# only a comment\n", "feeds.yaml: empty; delete it, and digest init makes a new one"),
        ("- https://a.example\n", "feeds.yaml:1: expected keys with values, got a list"),
        (
            "feeds:\n  - url: [https://a.example\nx: 1\n",
            "feeds.yaml:3: not YAML: did not find expected ',' or ']' while parsing a flow sequence",
        ),
        ("feeds:\n\t- a\n", "feeds.yaml:2: not YAML: found character that cannot start any token"),
        ("a: 1\nb: \x07\n", "feeds.yaml:2: not YAML: control characters are not allowed"),
        ("feeds: " + "[" * 30_000 + "]" * 30_000, "feeds.yaml:1: nested deeper than 50 levels"),
    ],
)
def test_a_file_that_is_no_list_of_feeds_is_told(tmp_path: Path, text: str, problem: str) -> None:
    found = problems(tmp_path, text)
    assert len(found) == 1
    assert found[0].startswith(problem)


def test_aliases_that_hold_themselves_are_refused(tmp_path: Path) -> None:
    assert "alias" in problems(tmp_path, "feeds: &x\n  - *x\n")[0]


def test_a_missing_file_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load_config(tmp_path, environ={})
    expected = f"feeds.yaml: not found in {tmp_path}; make a workspace with: digest init"
    assert str(raised.value) == expected


def test_a_file_in_the_place_of_the_workspace_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    with pytest.raises(ConfigError) as raised:
        load_config(tmp_path / "mine", environ={})
    assert str(raised.value) == f"feeds.yaml: not found: {tmp_path / 'mine'} is a file, and no folder"


def test_a_file_in_another_charset_is_told(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_bytes("newsletter: {title: Über}".encode("latin-1"))
    with pytest.raises(ConfigError, match="expected UTF-8 text, got byte 21"):
        load_config(tmp_path, environ={})


def test_option_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("settings: {per_host: 3, since: 3d, model: filed}\n")
    environ = {
        "DIGEST_SINCE": "4d",
        "DIGEST_MODEL": "set",
        "DIGEST_ALLOW_HOSTS": "10.0.0.1, ::1",
        "DIGEST_X": "?",
    }
    settings = load_config(tmp_path, environ=environ, options={"model": "given", "since": None}).settings
    assert (settings.model, settings.since, settings.per_host, settings.delay_s) == ("given", "4d", 3, 0.2)
    assert settings.allow_hosts == ("10.0.0.1", "::1")


def test_a_wrong_option_is_told_by_its_spelling(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    with pytest.raises(ConfigError, match="--per-host: expected at least 1, got 0"):
        load_config(tmp_path, environ={}, options={"per_host": 0})


@pytest.mark.parametrize(
    ("since", "moment"),
    [
        ("7d", datetime(2026, 11, 15, 12, tzinfo=UTC)),
        ("24h", datetime(2026, 11, 21, 12, tzinfo=UTC)),
        ("2w", datetime(2026, 11, 8, 12, tzinfo=UTC)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T02:00+02:00", datetime(2026, 11, 1, tzinfo=UTC)),
        ("9999w", datetime(1835, 4, 5, 12, tzinfo=UTC)),
        ("all", None),
    ],
)
def test_since_is_a_span_a_date_or_all(since: str, moment: datetime | None) -> None:
    assert since_datetime(since, now=NOW) == moment


def test_adding_a_feed_keeps_every_other_character(tmp_path: Path) -> None:
    text = (DATA / "commented.yaml").read_text()
    (tmp_path / "feeds.yaml").write_text(text)
    feed = Feed(
        "https://four.example/rss?a=1&b=2", "roundup", 'Four: a "list" # no comment', ("no", "city life"), 5
    )
    add_feed(tmp_path, feed)
    added = (
        "- url: https://four.example/rss?a=1&b=2\n"
        "  kind: roundup\n"
        '  title: "Four: a \\"list\\" # no comment"\n'
        "  tags: [no, city life]\n"
        "  limit: 5\n"
    )
    head, tail = text[: text.index("\n# the end")], text[text.index("\n# the end") :]
    assert (tmp_path / "feeds.yaml").read_text() == head + added + tail
    assert load_config(tmp_path, environ={}).feeds[-1] == feed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["feeds.yaml"]


@pytest.mark.parametrize(
    "text",
    [
        "feeds: []\n",
        "feeds: []  # none yet\nsettings: {}\n",
        "feeds:\n",
        "feeds:  # none yet\n\n# bye",
        "newsletter: {title: T}",
        "feeds:\n  - https://a.example",
        "feeds:\n  - url: https://a.example\n    tags:\n      - one\n      - two # last\nsettings: {}\n",
        "feeds: [https://a.example, {url: 'https://b.example'}]\n",
        "feeds: [\n  https://a.example,\n]\n",
        "feeds:\r\n  - https://a.example\r\n",
    ],
)
def test_a_feed_can_be_added_to_any_layout(tmp_path: Path, text: str) -> None:
    (tmp_path / "feeds.yaml").write_bytes(text.encode())
    before = load_config(tmp_path, environ={})
    feed = Feed("https://new.example/rss", title="New", tags=("x",))
    add_feed(tmp_path, feed)
    after = load_config(tmp_path, environ={})
    assert after.feeds == (*before.feeds, feed)
    assert (after.newsletter, after.settings) == (before.newsletter, before.settings)
    assert ("\r\n" in text) == (b"\r\n" in (tmp_path / "feeds.yaml").read_bytes())


def test_what_somebody_else_writes_into_the_file_meanwhile_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text("feeds: [https://a.example/f]\n")

    def looked_at(folder: Path, **options: Any) -> Config:
        if folder != tmp_path:
            path.write_text("feeds: [https://b.example/f]\n")
        return load_config(folder, **options)

    monkeypatch.setattr(feeds_file, "load_config", looked_at)
    with pytest.raises(ConfigError, match="was changed meanwhile; nothing was written"):
        add_feed(tmp_path, Feed("https://c.example/f"))
    assert path.read_text() == "feeds: [https://b.example/f]\n"


def test_a_feed_listed_already_is_not_added_again(tmp_path: Path) -> None:
    text = "feeds:\n  - https://a.example/rss\n"
    (tmp_path / "feeds.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"the same feed as feeds\[0\]"):
        add_feed(tmp_path, Feed("http://a.example/rss"))
    assert (tmp_path / "feeds.yaml").read_text() == text


def test_a_moved_feed_gets_its_new_address_and_nothing_else_changes(tmp_path: Path) -> None:
    text = (DATA / "commented.yaml").read_text()
    (tmp_path / "feeds.yaml").write_text(text)
    for name in ("one.example/feed", "two.example/rss"):
        replace_feed_url(tmp_path, f"https://{name}", f"https://moved.example/{name}")
    for name in ("one", "two"):
        text = text.replace(f"https://{name}.example", f"https://moved.example/{name}.example")
    assert (tmp_path / "feeds.yaml").read_text() == text


def test_moving_a_feed_that_is_not_listed_is_told(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    with pytest.raises(ConfigError, match=r"no feed has the address https://a\.example"):
        replace_feed_url(tmp_path, "https://a.example", "https://b.example")


def test_the_packaged_workspace_is_right(tmp_path: Path) -> None:
    files = default_files()
    assert {"feeds.yaml", "prompts/themes.yaml", "prompts/patterns.yaml"} <= set(files)
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    config = load_config(tmp_path, environ={})
    assert len(config.feeds) >= 27
    assert sum(feed.kind == "roundup" for feed in config.feeds) >= 2
    assert len(load_themes(tmp_path)) >= 30
    assert len(load_patterns(tmp_path)) >= 150


def test_prompts_a_workspace_lacks_come_from_the_package(tmp_path: Path) -> None:
    assert load_themes(tmp_path)


def test_mistakes_in_themes_and_patterns_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "themes.yaml").write_text(
        "version: 2\nthemes:\n  - {theme: Water, steep: nature, description: d}\n"
        "  - {theme: water, steep: values}\n"
    )
    (tmp_path / "prompts" / "patterns.yaml").write_text(
        "version: 1\npatterns:\n  - pattern: ban\n    steep: politics\n    description: d\n    cues: []\n"
        "    change: [One]\n    horizon_10y: [Two words, 7]\n    drivers_force: [Some words]\n"
    )
    with pytest.raises(ConfigError) as raised:
        load_themes(tmp_path)
    assert list(raised.value.problems) == [
        "prompts/themes.yaml:1: version: expected 1, got 2",
        "prompts/themes.yaml:3: themes[0].steep: expected society, technology, economy, environment, "
        "politics or values, got 'nature'",
        "prompts/themes.yaml:4: themes[1].description: missing",
        "prompts/themes.yaml:4: themes[1].theme: the same name as themes[0] on line 3",
    ]
    with pytest.raises(ConfigError) as raised:
        load_patterns(tmp_path)
    assert list(raised.value.problems) == [
        "prompts/patterns.yaml:3: patterns[0].driving_force: missing",
        "prompts/patterns.yaml:6: patterns[0].cues: expected at least one, got nothing",
        "prompts/patterns.yaml:7: patterns[0].change[0]: expected 2 to 15 words, got 'One'",
        "prompts/patterns.yaml:8: patterns[0].horizon_10y[1]: expected text, got 7; put quotes round it",
        "prompts/patterns.yaml:9: patterns[0].drivers_force: unknown key; did you mean 'driving_force'?",
    ]


# -- language models -----------------------------------------------------------------------------------------


def settings_of(folder: Path, text: str, **environ: str) -> Settings:
    return load(folder, f"settings: {text}\nfeeds: []\n", **environ).settings


def test_without_a_word_the_rules_analyze_and_no_budget_is_unlimited(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "{}")
    assert (settings.analyzer, settings.language_model, settings.language_model_price) == ("rules", "", None)
    assert (settings.budget.run, settings.budget.month) == (2.0, 20.0)


def test_a_model_that_is_to_analyze_must_be_named_wherever_that_was_said(tmp_path: Path) -> None:
    text = "settings: {analyzer: model}\nfeeds: []\n"
    assert problems(tmp_path, text)[0].startswith("feeds.yaml: settings.language_model: missing")
    (tmp_path / "feeds.yaml").write_text("settings: {analyzer: rules}\n", "utf-8")
    with pytest.raises(ConfigError, match="language_model: missing"):
        load_config(tmp_path, environ={}, options={"analyzer": "model"})
    with pytest.raises(ConfigError, match="language_model: missing"):
        load_config(tmp_path, environ={"DIGEST_ANALYZER": "model"})
    settings = settings_of(tmp_path, "{analyzer: model}", DIGEST_LANGUAGE_MODEL="ollama:qwen3:8b")
    assert settings.language_model == "ollama:qwen3:8b"


def test_mistakes_in_the_settings_of_a_model_are_told(tmp_path: Path) -> None:
    text = """\
settings:
  analyzer: robot
  language_model: gpt-5-mini
  language_model_url: 127.0.0.1:8080
  language_model_price: {input: 0.25}
  language_model_calls_at_once: 0
  budget: {run: -1, week: 3}
"""
    assert problems(tmp_path, text, DIGEST_BUDGET="{month: much}", DIGEST_LANGUAGE_MODEL_PRICE="1") == [
        "feeds.yaml:2: settings.analyzer: expected rules or model, got 'robot'",
        "feeds.yaml:3: settings.language_model: expected provider:name such as openai:gpt-5-mini or "
        "ollama:qwen3:8b, got 'gpt-5-mini'",
        "feeds.yaml:4: settings.language_model_url: expected an http(s) URL, got '127.0.0.1:8080'",
        "feeds.yaml:5: settings.language_model_price.output: missing",
        "feeds.yaml:6: settings.language_model_calls_at_once: expected at least 1, got 0",
        "feeds.yaml:7: settings.budget.run: expected at least 0.0, got -1",
        "feeds.yaml:7: settings.budget.week: unknown key; known: run, month",
        "DIGEST_LANGUAGE_MODEL_PRICE: expected keys with values, got 1",
        "DIGEST_BUDGET.month: expected a number, got 'much'",
    ]


def test_a_variable_changes_the_half_of_the_budget_it_names(tmp_path: Path) -> None:
    budget = settings_of(tmp_path, "{budget: {month: 5}}", DIGEST_BUDGET="{run: 0.5}").budget
    assert (budget.run, budget.month) == (0.5, 5.0)


def test_a_variable_may_hold_keys_with_values(tmp_path: Path) -> None:
    send = "[{name: blog, kind: ghost, url: 'https://blog.example'}]"
    settings = settings_of(tmp_path, "{desk_keys: {r: z}}", DIGEST_DESK_KEYS="{a: y}", DIGEST_SEND=send)
    assert settings.desk_keys == {"r": "z", "a": "y"}
    assert [each.name for each in settings.send] == ["blog"]


def test_a_variable_may_be_one_of_several_words(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "{}", DIGEST_SUGGESTIONS="italic", DIGEST_DRAFTS_WITHOUT_CHANGE="skip")
    assert (settings.suggestions, settings.drafts_without_change) == ("italic", "skip")


@pytest.mark.parametrize(
    ("text", "is_published"),
    [
        ("{}", False),
        ("{publish_suggestions: italic}", True),
        ("{analyzer: model, language_model: 'ollama:x'}", True),
        ("{analyzer: model, language_model: 'ollama:x', publish_suggestions: leave-out}", False),
    ],
)
def test_untouched_italics_are_published_where_a_model_was_asked_for_them(
    tmp_path: Path, text: str, is_published: bool
) -> None:
    assert settings_of(tmp_path, text).publishes_suggestions is is_published
