"""feeds.yaml and the environment: what a workspace is set to.

An option of the command line beats `DIGEST_<SETTING>`, which beats feeds.yaml, which beats the default. Every
mistake is reported at once, before anything is fetched. Editing the file is in `feeds_file`, the files in
prompts/ are read by `prompt_files`.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, get_args, get_origin

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from digest.errors import ConfigError
from digest.language.addresses import is_web_address
from digest.records import Feed, FeedKind, FindingKind, Newsletter
from digest.workspace.config_check import Shape, check, check_document, problem_at, worded
from digest.workspace.config_values import (
    ArchiveAddress,
    ClusterAddress,
    HostOrNetwork,
    LanguageCode,
    ModelName,
    PublisherHost,
    Sender,
    Span,
    Text,
    TimeZone,
    Variable,
    WebAddressOrEmpty,
    is_header_name,
    mailbox,
    web_address,
)
from digest.workspace.desk_keys import checked_keys
from digest.workspace.destinations import Destination
from digest.workspace.files import MOST_PAGE, FileError, read_bytes
from digest.workspace.yaml_lines import Document, Problem, YamlSyntaxError, path_text, read_yaml

FEEDS_FILE = "feeds.yaml"
MOST_LINKS = 1_000_000
"""What a limit of links may be at most; the archive's own numbers end somewhere."""


class _NewsletterShape(Shape):
    """The newsletter the issues belong to."""

    title: Text = "Digest"
    site: WebAddressOrEmpty = ""
    """Its address on the web; may be empty."""
    language: LanguageCode = "en"
    """ISO 639-1. Articles in other languages get no draft unless settings say so."""
    time_zone: TimeZone = "UTC"
    """IANA name; a new issue is named by today's date there."""


DraftsWithoutChange = Literal["rank-last", "skip"]
Suggestions = Literal["offer", "italic", "none"]
PublishedSuggestions = Literal["leave-out", "italic"]
AnalyzerName = Literal["rules", "model"]
ExecutorName = Literal["processes", "ray"]
PagesIn = Literal["folder", "archive"]
DraftsIn = Literal["files", "archive"]

MOST_DOLLARS = 1_000_000
"""What a budget or a price may be at most: more is a slip of the pen."""

_Dollars = Annotated[float, Field(ge=0, le=MOST_DOLLARS, allow_inf_nan=False)]


class Budget(Shape):
    """What language models may cost at most, in US dollars."""

    run: _Dollars = 2.0
    """One run, or one command."""
    month: _Dollars = 20.0
    """All runs of a calendar month, UTC."""


class ModelPrice(Shape):
    """What a language model costs, in US dollars for a million tokens."""

    input: _Dollars
    output: _Dollars


SERIOUS: tuple[FindingKind, ...] = (
    "failed-check",
    "opted-out",
    "private-address",
    "relative-address",
    "told-twice",
    "unreadable",
)
"""What keeps an issue from going out where nothing is said: what readers would be told wrongly, or what
cannot be taken back."""


class Settings(Shape):
    """How a run goes about it; every setting has a default."""

    allow_hosts: Annotated[tuple[HostOrNetwork, ...], Field(strict=False)] = ()
    """Hosts, addresses or networks that may be connected to though they are not public."""
    proxy: WebAddressOrEmpty = ""
    """Address of an HTTP proxy; empty for none."""
    concurrency: int = Field(default=32, ge=1, le=1000)
    """Requests at once, over all hosts."""
    per_host: int = Field(default=2, ge=1, le=100)
    """Requests at once to one host."""
    delay_s: float = Field(default=0.2, ge=0, le=3600, allow_inf_nan=False)
    """Seconds between the starts of two requests to one host."""
    timeout_s: float = Field(default=30.0, gt=0, le=3600, allow_inf_nan=False)
    """Seconds for one page, all tries together."""
    max_bytes: int = Field(default=10_000_000, ge=1, le=MOST_PAGE)
    """Largest page, after decompression."""
    wayback: bool = False
    """Whether pages that are gone may be read from copies in the Wayback Machine, which is told of them."""
    video_transcripts: bool = False
    """Whether YouTube is asked for what is said in videos that feeds name."""
    model: str = ""
    """A sentence-transformers model by name or folder, for similarity and search; empty for the packaged one,
    which every analysis uses."""
    since: Span = "7d"
    """How far back a run looks, by the feeds' dates."""
    min_similarity: float = Field(default=0.35, ge=-1, le=1, allow_inf_nan=False)
    """Closest names only entries at least this near, cosine."""
    drafts_in_other_languages: bool = False
    """Whether articles not in the newsletter's language get drafts."""
    drafts_without_change: DraftsWithoutChange = "rank-last"
    """What becomes of articles that report no change: drafts after all others, or none."""
    suggestions: Suggestions = "offer"
    """Ideas of the pattern library for cells of which the article says nothing: offered under a row's
    evidence; those that surely fit also in the draft's table, in italics; or nowhere."""
    publish_suggestions: PublishedSuggestions | None = None
    """What becomes, at publishing, of italics that no editor has touched; see `publishes_suggestions`."""
    publish_blind_spots: bool = False
    """Whether readers are told what an issue leaves out, on a page of its own."""
    analyzer: AnalyzerName = "rules"
    """Who writes summary, keywords, themes and signals: the rules, or a language model."""
    language_model: ModelName = ""
    """`provider:name`; must be named where the analyzer is a model."""
    language_model_url: WebAddressOrEmpty = ""
    """Where a local or compatible server answers; empty for the provider's own address."""
    language_model_price: ModelPrice | None = None
    """Stands before the known list prices; None for those."""
    language_model_calls_at_once: int = Field(default=4, ge=1, le=1000)
    """Questions to a language model at once."""
    language_model_calls_per_minute: int = Field(default=50, ge=1, le=1_000_000)
    """Questions to a language model started within any minute; the lowest paid tiers allow 50."""
    budget: Budget = Budget()
    """What language models may cost; nothing is sent that might go beyond."""
    executor: ExecutorName = "processes"
    """Where a run reads, embeds and analyzes: on this machine, or on a Ray cluster."""
    ray: ClusterAddress = ""
    """Address of the cluster's head; empty for one on this machine, made for the run."""
    metrics: str = ""
    """File that each run writes its metrics to, absolute or in the workspace; empty for none."""
    learn_from_verdicts: bool = True
    """Whether the desk orders the stories of an issue by what was approved and rejected in others."""
    desk_keys: Annotated[dict[str, str], AfterValidator(checked_keys)] = Field(default_factory=dict)
    """Keys of the desk that are to be others, by the usual one."""
    send: Annotated[tuple[Destination, ...], Field(strict=False)] = ()
    """Mail servers and platforms that issues are sent to."""
    opt_out: Annotated[tuple[PublisherHost, ...], Field(strict=False)] = ()
    """Hosts of publishers who do not want their articles in the newsletter, subdomains included."""
    serious: Annotated[tuple[FindingKind, ...], Field(strict=False)] = SERIOUS
    """Findings before an issue goes out that keep it back unless it is to go anyway."""
    archive: ArchiveAddress = ""
    """Address of a PostgreSQL database that holds the archive; empty for output/archive.db."""
    pages: PagesIn = "folder"
    """Where pages are kept: in folders of this workspace, or in the archive."""
    drafts: DraftsIn = "files"
    """Which drafts count: the files of this workspace, or the archive's versions, which desks share."""
    editor: str = ""
    """Under whose name decisions and edits are kept; empty for whoever is logged in."""
    articles_per_feed_first_run: int = Field(default=50, ge=1, le=MOST_LINKS)
    """At most this many feed entries when a feed is met for the first time."""
    issues_per_roundup_first_run: int = Field(default=2, ge=1, le=MOST_LINKS)
    """At most this many issues when a roundup is met for the first time."""

    @property
    def publishes_suggestions(self) -> bool:
        """Whether italics that no editor has touched are published; if nothing is said, those of a model are.

        A model's judgement was asked for, article by article; an idea of the pattern library was not.
        """
        if self.publish_suggestions is None:
            return self.analyzer == "model"
        return self.publish_suggestions == "italic"


@dataclass(frozen=True)
class Config:
    """A workspace's configuration, checked."""

    workspace: Path
    newsletter: Newsletter
    settings: Settings
    feeds: tuple[Feed, ...]
    """In the order of the file, which decides whose address an article keeps."""


class _FeedShape(Shape):
    kind: FeedKind = "articles"
    url: str
    title: Text | None = None
    tags: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    limit: int | None = Field(default=None, ge=1, le=MOST_LINKS)
    select: str = ""
    headers: dict[str, Variable] = Field(default_factory=dict)
    cookie: Variable = ""
    senders: Annotated[tuple[Sender, ...], Field(strict=False)] = ()
    password: Variable = ""
    mark_seen: bool = False

    @field_validator("url")
    @classmethod
    def _address_of_kind(cls, value: str, info: ValidationInfo) -> str:
        return mailbox(value) if info.data.get("kind") == "mail" else web_address(value)

    @field_validator("select")
    @classmethod
    def _of_page(cls, value: str, info: ValidationInfo) -> str:
        if value and info.data.get("kind") != "page":
            raise PydanticCustomError("of_mail", "only for kind: page")
        return value

    @field_validator("headers", "cookie")
    @classmethod
    def _of_web(cls, value: object, info: ValidationInfo) -> object:
        if value and info.data.get("kind") == "mail":
            raise PydanticCustomError("of_mail", "not for kind: mail")
        names = value if isinstance(value, dict) else {}
        if not all(map(is_header_name, names)):
            raise PydanticCustomError("of_mail", "expected names of headers such as X-Api-Key")
        return value

    @field_validator("senders", "password", "mark_seen")
    @classmethod
    def _of_mail(cls, value: object, info: ValidationInfo) -> object:
        if value and info.data.get("kind") != "mail":
            raise PydanticCustomError("of_mail", "only for kind: mail")
        return value

    @model_validator(mode="before")
    @classmethod
    def _address_alone(cls, value: object) -> object:
        return {"url": value} if isinstance(value, str) else value

    def feed(self) -> Feed:
        return Feed(
            self.url,
            self.kind,
            self.title,
            self.tags,
            self.limit,
            selector=self.select,
            headers=tuple(self.headers.items()),
            cookie=self.cookie,
            senders=self.senders,
            password=self.password,
            marks_seen=self.mark_seen,
        )


class _FileShape(Shape):
    newsletter: _NewsletterShape = _NewsletterShape()
    settings: Settings = Settings()
    feeds: Annotated[tuple[_FeedShape, ...], Field(strict=False)] = ()


def load_config(
    workspace: Path,
    *,
    environ: Mapping[str, str] = os.environ,
    options: Mapping[str, object] | None = None,
) -> Config:
    """Read a workspace's feeds.yaml, the environment and the command line's options.

    Args:
        workspace: The folder that holds feeds.yaml.
        environ: Where `DIGEST_<SETTING>` is looked up; variables that name no setting are ignored.
        options: Settings given on the command line, by their names; None values do not count.

    Raises:
        ConfigError: everything that is wrong, at once.
    """
    document = read_document(workspace / FEEDS_FILE, FEEDS_FILE)
    shape, problems = check_document(_FileShape, document)
    problems += [*document.problems, *_repeated_feeds(document)]
    problems += _repeated_destinations(document)
    messages = worded(FEEDS_FILE, problems)
    from_environ = {
        name: _from_text(name, environ[variable])
        for name in Settings.model_fields
        if environ.get(variable := f"DIGEST_{name.upper()}", "") != ""
    }
    given = {name: value for name, value in (options or {}).items() if value is not None}
    for values, spelling in ((from_environ, _as_variable), (given, _as_option)):
        messages += [
            f"{spelling(path_text(path))}: {message}" for path, message in check(Settings, values)[1]
        ]
    if messages or shape is None:
        raise ConfigError(messages)
    settings = shape.settings.model_dump()
    for values in (from_environ, given):
        settings = {name: _over(settings[name], values.get(name)) for name in settings}
    return Config(
        workspace,
        Newsletter(**shape.newsletter.model_dump()),
        _complete(Settings.model_validate(settings)),
        tuple(feed.feed() for feed in shape.feeds),
    )


def _over(before: object, value: object) -> object:
    """Lay a value over the one before; of keys with values, those that are named."""
    if value is None:
        return before
    return before | value if isinstance(before, dict) and isinstance(value, dict) else value


def _complete(settings: Settings) -> Settings:
    """Look at what depends on two settings, wherever each of them was made.

    Raises:
        ConfigError: a model is to analyze, and none is named.
    """
    if settings.analyzer == "model" and not settings.language_model:
        raise ConfigError(
            f"{FEEDS_FILE}: settings.language_model: missing; analyzer: model needs one, "
            "such as openai:gpt-5-mini or ollama:qwen3:8b"
        )
    return settings


def read_document(path: Path, name: str) -> Document:
    """Read a YAML file that must hold keys with values.

    Args:
        path: The file.
        name: What messages call it, as seen from the workspace.

    Raises:
        ConfigError: absent, no file, not UTF-8, not YAML, or empty.
    """
    return document_of(document_text(path, name), name)


def document_text(path: Path, name: str) -> str:
    """Read the text of a YAML file; see `read_document`."""
    try:
        return read_bytes(path).decode("utf-8")
    except FileError as error:
        if isinstance(error.__cause__, NotADirectoryError):
            blocked = next(each for each in path.parents if each.exists())
            raise ConfigError(f"{name}: not found: {blocked} is a file, and no folder") from error
        if not isinstance(error.__cause__, FileNotFoundError):
            raise ConfigError(f"{name}: cannot be read: {error.reason}") from error
        folder = Path(os.path.abspath(path)).parents[name.count("/")]
        raise ConfigError(f"{name}: not found in {folder}; make a workspace with: digest init") from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{name}: expected UTF-8 text, got byte {error.start + 1} in another charset"
        ) from error


def document_of(text: str, name: str) -> Document:
    """Read a text that must be YAML; see `read_document`."""
    try:
        document = read_yaml(text)
    except YamlSyntaxError as error:
        raise ConfigError(f"{name}:{error.line}: {error.message}") from error
    if document.value is None:
        raise ConfigError(f"{name}: empty; delete it, and digest init makes a new one")
    return document


def _as_variable(name: str) -> str:
    return "DIGEST_" + re.sub(r"^\w+", lambda match: match[0].upper(), name)


def _as_option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _from_text(name: str, text: str) -> object:
    """Read a variable's text as the setting's kind of value; a wrong one is left for the check to find."""
    kind = Settings.model_fields[name].annotation
    kinds = [each for each in (kind, *get_args(kind)) if isinstance(each, type)]
    has_keys = get_origin(kind) is dict or any(issubclass(each, Shape) for each in kinds)
    if get_origin(kind) is tuple and not has_keys:
        return [part for part in re.split(r"[,\s]+", text) if part]
    if not has_keys and not any(issubclass(each, int | float) for each in kinds):
        return text
    try:
        return read_yaml(text).value
    except YamlSyntaxError:
        return text


def _repeated_feeds(document: Document) -> list[Problem]:
    problems: list[Problem] = []
    first: dict[str, int] = {}
    top = document.value if isinstance(document.value, dict) else {}
    feeds = top.get("feeds")
    for index, feed in enumerate(feeds if isinstance(feeds, list) else []):
        url = feed.get("url") if isinstance(feed, dict) else feed
        if not isinstance(url, str) or not is_web_address(url):
            continue
        # Not address_key: two private feeds may differ by a token alone.
        same = re.sub(r"(?i)^https?://(?:www\.)?([^/?#]*)", lambda match: match[1].lower(), url.strip())
        earlier = first.setdefault(same.rstrip("/"), index)
        if earlier != index:
            path = ("feeds", index, "url")
            message = f"the same feed as feeds[{earlier}] on line {document.line(('feeds', earlier))}"
            problems.append(problem_at(document, path, message))
    return problems


def _repeated_destinations(document: Document) -> list[Problem]:
    """Find destinations of one name: what went to one would be taken for what went to the other."""
    top = document.value if isinstance(document.value, dict) else {}
    settings = top.get("settings")
    given = settings.get("send") if isinstance(settings, dict) else None
    names = [each.get("name") for each in given if isinstance(each, dict)] if isinstance(given, list) else []
    return [
        problem_at(document, ("settings", "send", at, "name"), "the same name as one before")
        for at, name in enumerate(names)
        if isinstance(name, str) and name in names[:at]
    ]
