"""What a single value of feeds.yaml must be, each checked where it is read and told in one form."""

import ipaddress
import re
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Annotated
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from digest.errors import ConfigError
from digest.language.addresses import is_web_address
from digest.workspace.config_check import expected

_SINCE = re.compile(r"([0-9]{1,5})([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 168}

_SECRETS = frozenset(
    ("password", "sslpassword", "scram_client_key", "scram_server_key", "oauth_client_secret")
)
"""Parameters of libpq whose values are secret: others on a machine see what a program is started with."""


def web_address(value: str) -> str:
    """Look at an address on the web.

    Raises:
        PydanticCustomError: it is none, or is written so that it cannot be read.
    """
    if not is_web_address(value):
        raise expected("an http(s) URL")
    try:
        _ = urlsplit(value).port
    except ValueError as error:
        raise expected("an http(s) URL (in a password, write / as %2F, # as %23, ? as %3F)") from error
    return value


def _web_address_or_empty(value: str) -> str:
    return web_address(value) if value else value


def checked_archive(value: str) -> str:
    """Look at where the archive is if it is no file; what is wrong may be a password, and is not repeated.

    Raises:
        PydanticCustomError: it is no address of a database, or has a secret in it.
    """
    if not value:
        return value
    try:
        parts = urlsplit(value)
        _ = parts.port
        is_right = parts.scheme == "postgresql" and not parts.fragment
        given = parse_qs(parts.query, keep_blank_values=True)
        has_secret = parts.password is not None or any(name.lower() in _SECRETS for name in given)
    except ValueError:
        is_right = has_secret = False
    if has_secret:
        raise PydanticCustomError(
            "secret", "a password does not stand here: PGPASSWORD, ~/.pgpass or a service file holds it"
        )
    if not is_right:
        raise PydanticCustomError("secret", "expected an address such as postgresql://host/database")
    return value


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        near = get_close_matches(value, sorted(available_timezones()), n=1)
        raise expected(f"a time zone such as {near[0] if near else 'Europe/Berlin'}") from error
    return value


def _language(value: str) -> str:
    if not re.fullmatch("[a-z]{2}", value):
        raise expected("a language code of two letters such as en")
    return value


def _span(value: str) -> str:
    try:
        since_datetime(value, now=datetime(2026, 1, 1, tzinfo=UTC))
    except ConfigError as error:
        raise expected("a span such as 7d, 24h or 2w, a date such as 2026-11-22, or all") from error
    return value


def _host_or_network(value: str) -> str:
    try:
        ipaddress.ip_network(value.strip("[]"), strict=False)
    except ValueError as error:
        if not re.fullmatch(r"(?!-)[\w-]+(\.[\w-]+)*\.?", value):
            raise expected("a host name, an address or a network such as 10.0.0.0/8") from error
    return value


def _publisher(value: str) -> str:
    name = value.lower().rstrip(".")
    if not re.fullmatch(r"(?=.{1,253}\Z)[a-z0-9_-]+(?:\.[a-z0-9_-]+)+", name):
        raise expected("a host name such as news.example.org")
    return name.removeprefix("www.")


def _language_model(value: str) -> str:
    if value and not re.fullmatch(r"[a-z][a-z0-9_-]*:\S(?:.*\S)?", value):
        raise expected("provider:name such as openai:gpt-5-mini or ollama:qwen3:8b")
    return value


def _cluster(value: str) -> str:
    if value and not re.fullmatch(r"(?:[\w.-]+|\[[0-9A-Fa-f:]+\]):[0-9]{1,5}", value):
        raise expected("the address of a cluster's head such as 10.0.0.5:6379, or nothing")
    return value


def _text(value: str) -> str:
    if not value.strip():
        raise expected("text")
    return " ".join(value.split())


def _sender(value: str) -> str:
    if not re.fullmatch(r"(?:[^\s@<>]+@|@)?[\w-]+(?:\.[\w-]+)+", value):
        raise expected("a mail address or a domain such as example.org")
    return value


def is_variable(value: str) -> bool:
    """Tell whether a value names a variable of the environment, as feeds.yaml does for secrets."""
    return bool(re.fullmatch(r"env:[A-Za-z_][A-Za-z0-9_]*", value))


def is_header_name(name: str) -> bool:
    """Tell whether a feed may be asked with a header of this name."""
    return bool(re.fullmatch(r"[A-Za-z0-9-]{1,80}", name)) and name.lower() not in _OURS


def _variable(value: str) -> str:
    if not is_variable(value):
        # What is written here by mistake may be the secret itself, so the message must not repeat it.
        raise PydanticCustomError("secret", "expected env:NAME, the variable that holds it")
    return value


def mailbox(value: str) -> str:
    """Look at where mails come from: a path in the workspace, or a folder of a mail server.

    Raises:
        PydanticCustomError: it is neither.
    """
    if not value.startswith(("imap:", "imaps:")):
        if not value.strip() or "://" in value:
            raise expected("a path in the workspace, or a mail folder's address (imaps:)")
        return value
    try:
        parts = urlsplit(value)
        _ = parts.port
        is_right = bool(parts.hostname and parts.username) and parts.password is None
    except ValueError:
        is_right = False
    if not is_right:
        raise expected(
            "a mail folder's address: imaps: with user, host and folder, an @ of the user as %40, no password"
        )
    return value


_OURS = frozenset({"host", "cookie", "content-length", "connection", "transfer-encoding", "range"})
"""Headers that are set elsewhere, or would change what an answer means."""


def is_span(since: str) -> bool:
    """Whether it is a span such as `7d`, which reaches back from whenever it is asked."""
    return bool(_SINCE.fullmatch(since))


def since_datetime(since: str, *, now: datetime) -> datetime | None:
    """Turn `7d`, `24h`, `2w`, a date or `all` into the moment it reaches back to, UTC; None for `all`.

    Raises:
        ConfigError: none of these.
    """
    if since == "all":
        return None
    if match := _SINCE.fullmatch(since):
        try:
            return now.astimezone(UTC) - timedelta(hours=int(match[1]) * _HOURS[match[2]])
        except OverflowError:
            return None
    try:
        moment = datetime.fromisoformat(since)
    except ValueError as error:
        message = f"--since: expected a span such as 7d, 24h or 2w, a date or all, got {since!r}"
        raise ConfigError(message) from error
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        return None


# -- types ---------------------------------------------------------------------------------------------------

Text = Annotated[str, AfterValidator(_text)]
WebAddressOrEmpty = Annotated[str, AfterValidator(_web_address_or_empty)]
LanguageCode = Annotated[str, AfterValidator(_language)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
HostOrNetwork = Annotated[str, AfterValidator(_host_or_network)]
Span = Annotated[str, AfterValidator(_span)]
ModelName = Annotated[str, AfterValidator(_language_model)]
ClusterAddress = Annotated[str, AfterValidator(_cluster)]
PublisherHost = Annotated[str, AfterValidator(_publisher)]
Sender = Annotated[str, AfterValidator(_sender)]
Variable = Annotated[str, AfterValidator(_variable)]
ArchiveAddress = Annotated[str, AfterValidator(checked_archive)]
