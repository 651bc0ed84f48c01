"""Cookies of the way to one page: kept from hop to hop, forgotten with the page.

Many sites set a cookie, redirect, and redirect for ever whoever comes back without it. What is kept goes to
the host that set it alone, whatever Domain it names, and to the same port where one is named.
"""

import re
from email.message import Message
from http import cookiejar
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from typing import cast
from urllib import request as urllib_request
from urllib.parse import urlsplit

from digest.records import Page

_DEFAULT_PORTS = {"http": 80, "https": 443}


class VisitCookies:
    """What the hosts on the way to one page have set."""

    def __init__(self) -> None:
        self._jars: dict[str, CookieJar] = {}

    def keep(self, page: Page, url: str) -> None:
        """Keep what the answer of an address sets; what cannot be read is left out."""
        headers = Message()
        for name, value in page.headers:
            if name == "set-cookie" and value.isprintable() and value.isascii():
                headers["set-cookie"] = _readable(value)
        asked = _asked(url)
        if headers.keys() and asked is not None:
            jar = self._jars.setdefault(_owner(url), CookieJar(_HostOnly()))
            jar.extract_cookies(cast("urllib_request._UrlopenRet", _Answer(headers)), asked)

    def header(self, url: str) -> str:
        """Give the value of the Cookie header an address is to be asked with; empty for none."""
        asked = _asked(url)
        if asked is None or _owner(url) not in self._jars:
            return ""
        self._jars[_owner(url)].add_cookie_header(asked)
        return asked.get_header("Cookie") or ""


def _readable(cookie: str) -> str:
    """Leave out of a cookie what the standard library does not read, or of which it makes a warning.

    One date in another language would cost all cookies of an answer.
    """
    pair, *attributes = cookie.split(";")
    return ";".join([pair, *filter(_is_readable, attributes)])


def _is_readable(attribute: str) -> bool:
    name, _, value = (part.strip() for part in attribute.partition("="))
    match name.lower():
        case "expires":
            try:
                date = value.strip('"')
                return cookiejar.http2time(date) is not None  # type: ignore[attr-defined]  # not in typeshed
            except (ValueError, OverflowError):
                return False
        case "max-age":
            return re.fullmatch(r"-?[0-9]{1,10}", value) is not None
        case other:
            return other in ("path", "domain", "secure")


class _HostOnly(DefaultCookiePolicy):
    """For a jar of one host: a cookie for another one is refused, all others are its own.

    The usual policy goes by suffixes and sends a cookie to neighbours; it also refuses names without dots.
    """

    def set_ok_domain(self, cookie: Cookie, request: urllib_request.Request) -> bool:
        host = (urlsplit(request.full_url).hostname or "").rstrip(".")
        domain = cookie.domain.strip(".").lower()
        return not cookie.domain_specified or host == domain or host.endswith(f".{domain}")

    def return_ok_domain(self, cookie: Cookie, request: urllib_request.Request) -> bool:
        return True

    def domain_return_ok(self, domain: str, request: urllib_request.Request) -> bool:
        return True


class _Answer:
    """An answer as the standard library's cookie jar wants it."""

    def __init__(self, headers: Message) -> None:
        self._headers = headers

    def info(self) -> Message:
        return self._headers


def _asked(url: str) -> urllib_request.Request | None:
    """Give an address as the standard library's cookie jar wants it; None where it is no http(s) address."""
    try:
        url.encode()
        parts = urlsplit(url)
        return urllib_request.Request(url) if parts.scheme in _DEFAULT_PORTS and parts.hostname else None
    except ValueError:
        return None


def _owner(url: str) -> str:
    """Name whom cookies belong to: a host, with its port where that is not the usual one."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    host = (parts.hostname or "").rstrip(".")
    return host if port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{port}"
