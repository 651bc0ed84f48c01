"""Where issues are sent: `settings.send` of feeds.yaml, one block a destination."""

import re
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from digest.errors import ConfigError
from digest.language.addresses import is_web_address
from digest.workspace.config_check import Shape, expected

FILE = "eml"
"""The destination that is always there: a message file for a mail program."""

BUTTONDOWN = "https://api.buttondown.com"

KEYS: Mapping[str, str] = {
    "smtp": "SMTP_PASSWORD",
    "buttondown": "BUTTONDOWN_API_KEY",
    "ghost": "GHOST_ADMIN_API_KEY",
    "listmonk": "LISTMONK_API_TOKEN",
}
"""The variables of the environment that hold keys and passwords, where a destination names no other."""

NEEDS: Mapping[str, tuple[str, ...]] = {
    "smtp": ("server", "sender", "recipients"),
    "buttondown": (),
    "ghost": ("url",),
    "listmonk": ("url", "lists"),
}

MOST_RECIPIENTS = 2_000
"""What is known of each is written down twice a mail; a longer list is for a platform made for it."""

PORTS = {"starttls": 587, "tls": 465, "none": 25}

_ADDRESS = re.compile(r"[^\s<>@,;:\"()\[\]\\]{1,64}@(?=.{1,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_LOCAL = re.compile(r"localhost|127(?:\.[0-9]{1,3}){3}|::1")


def _name(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", value) or value == FILE:
        raise expected(f"a name of small letters, digits and hyphens, other than {FILE}")
    return value


def _mail_address(value: str) -> str:
    if not _ADDRESS.fullmatch(value) or not value.isascii():
        raise expected("a mail address such as anna@example.org")
    return value


def _sender(value: str) -> str:
    name, address = parseaddr(value)
    # What is written as an encoded word would be read as something else.
    is_safe = value.isprintable() and address.isascii() and "=?" not in name
    if value and not (is_safe and _ADDRESS.fullmatch(address)):
        raise expected("a mail address such as anna@example.org, or Anna <anna@example.org>")
    return value


def _host(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:_-]{0,253}", value):
        raise expected("a host name such as mail.example.org; its port goes into port")
    return value


def _site(value: str) -> str:
    if value and (not is_web_address(value) or "@" in value or "?" in value or "#" in value):
        raise expected("an http(s) URL without login, ? and #")
    return value.rstrip("/")


def _unsubscribe(value: str) -> str:
    if value and not re.fullmatch(r"(?:https://|mailto:)[!-;=?-~]+", value):
        raise expected("an https or mailto address; {address} in it stands for the recipient's")
    return value


def _variable(value: str) -> str:
    if value and not re.fullmatch(r"[A-Z][A-Z0-9_]*", value):
        raise expected("the name of a variable of the environment, such as GHOST_ADMIN_API_KEY")
    return value


class Destination(Shape):
    """A mail server or publishing platform."""

    name: Annotated[str, AfterValidator(_name)]
    """What `digest send --to` calls it."""
    kind: Literal["smtp", "buttondown", "ghost", "listmonk"]
    key: Annotated[str, AfterValidator(_variable)] = ""
    """The variable of the environment that holds its key or password; empty for the one of KEYS."""
    url: Annotated[str, AfterValidator(_site)] = ""
    """Of a Ghost site or listmonk server; Buttondown has one address."""
    newsletter: Annotated[str, Field(pattern=r"^[\w-]*$", max_length=200)] = ""
    """Ghost: the newsletter by which a post is mailed when it is sent; empty: it only appears on the site."""
    lists: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(strict=False)] = ()
    """listmonk: ids of the lists a campaign goes to."""
    template: int = Field(default=0, ge=0)
    """listmonk: id of the campaign's template; 0 for the default one."""
    server: Annotated[str, AfterValidator(_host)] = ""
    """SMTP: its host."""
    port: int = Field(default=0, ge=0, le=65535)
    """SMTP: 0 for the usual one."""
    tls: Literal["starttls", "tls", "none"] = "starttls"
    """SMTP: how the connection is made safe; none only for a server on this machine."""
    user: str = ""
    """SMTP: the login; empty for none. listmonk: the API user."""
    sender: Annotated[str, AfterValidator(_sender)] = ""
    recipients: Annotated[
        tuple[Annotated[str, AfterValidator(_mail_address)], ...],
        Field(strict=False, max_length=MOST_RECIPIENTS),
    ] = ()
    unsubscribe: Annotated[str, AfterValidator(_unsubscribe)] = ""
    """Address at which recipients unsubscribe."""

    @model_validator(mode="after")
    def _is_whole(self) -> "Destination":
        if missing := [each for each in NEEDS[self.kind] if not getattr(self, each)]:
            raise expected(f"{' and '.join(missing)} for {self.kind}")
        if self.kind == "smtp" and self.tls == "none" and not _LOCAL.fullmatch(self.server):
            raise expected("tls or starttls for a server on another machine")
        if self.kind == "listmonk" and not self.user:
            raise expected("user for listmonk, the name of its API user")
        return self

    @property
    def key_variable(self) -> str:
        """The variable of the environment that holds its key or password."""
        return self.key or KEYS[self.kind]

    @property
    def smtp_port(self) -> int:
        """The port of its mail server."""
        return self.port or PORTS[self.tls]


def destination_of(destinations: tuple[Destination, ...], name: str) -> Destination:
    """Find a destination by its name.

    Raises:
        ConfigError: there is none.
    """
    found = next((each for each in destinations if each.name == name), None)
    if found is None:
        known = ", ".join((FILE, *(each.name for each in destinations)))
        raise ConfigError(f"feeds.yaml: settings.send: no destination {name!r}; known: {known}")
    return found
