"""Headers and cookies that open a paid source: whose they are, and that nothing of them is ever kept.

feeds.yaml names environment variables, never values. What they hold is sent to the feed's site alone: the
same scheme, host and port. A redirect to a subdomain, another port, or http goes without.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from digest.errors import FeedError, FetchError
from digest.feeds.logins import Site, site_of
from digest.language.secrecy import is_secret
from digest.records import DO_NOT_REPUBLISH, Feed, Page

MASK = "***"

MIN_SECRET = 6
"""Characters of a value that is looked for in answers: a shorter one would be found in any text."""

_WORD = r"[A-Za-z][a-z]{0,14}"
_PLAIN = re.compile(rf"{_WORD}(?:[-_./]{_WORD}){{0,3}}|\d{{4}}-\d\d-\d\d")


@dataclass(frozen=True)
class Credentials:
    """Headers for one site."""

    site: Site
    headers: Mapping[str, str] = field(repr=False)
    """By name, lower case; the cookie among them."""

    def fits(self, url: str) -> bool:
        """Say whether an address may be asked with them."""
        return site_of(url) == self.site

    def masked(self, text: str) -> str:
        """Take the secrets out of a text."""
        for secret in self._secrets():
            text = text.replace(secret, MASK)
        return text

    def without_secrets(self, page: Page) -> Page:
        """Make an answer that may be kept: marked, and without what repeats the secrets or sets new ones."""
        body = page.body
        for secret in self._secrets():
            body = body.replace(secret.encode(), MASK.encode())
        headers = (
            (name, self.masked(value)) for name, value in page.headers if not name.startswith("set-cookie")
        )
        return replace(
            page,
            headers=(*headers, (DO_NOT_REPUBLISH, "yes")),
            body=body,
            final_url=self.masked(page.final_url),
            redirects=tuple((status, self.masked(address)) for status, address in page.redirects),
        )

    def without_secrets_in(self, error: FetchError) -> FetchError:
        """Make an error that may be shown."""
        reason = self.masked(error.reason)
        if reason == error.reason:
            return error
        return FetchError(
            error.url,
            reason,
            is_retryable=error.is_retryable,
            status=error.status,
            retry_after_s=error.retry_after_s,
        )

    def _secrets(self) -> list[str]:
        """Give what must not be shown: whole values, and those of single cookies; the longest first."""
        values = list(self.headers.values())
        cookies = [part.partition("=") for part in self.headers.get("cookie", "").split(";")]
        parts = [
            value.strip()
            for name, _, value in cookies
            # "theme=default; plan=premium" opens nothing, and such words stand in articles.
            if len(cookies) == 1 or not _PLAIN.fullmatch(value.strip()) or is_secret(name.strip(), value)
        ]
        parts += [value.partition(" ")[2] for value in values]
        return sorted({each for each in (*values, *parts) if len(each) >= MIN_SECRET}, key=len, reverse=True)


def credentials_of(feed: Feed, environ: Mapping[str, str]) -> Credentials | None:
    """Look up what a feed is asked with; None where it needs nothing.

    Raises:
        FeedError: a variable is not set, or holds what no header may.
    """
    wanted = [*feed.headers, *([("cookie", feed.cookie)] if feed.cookie else [])]
    site = site_of(feed.url)
    if not wanted or site is None:
        return None
    found = {}
    for header, variable in wanted:
        name = variable.removeprefix("env:")
        value = environ.get(name, "").strip()
        if not value:
            raise FeedError(feed.url, f"{header}: the environment has no {name}")
        if not (value.isascii() and value.isprintable()):
            raise FeedError(feed.url, f"{header}: {name} holds what no header may")
        found[header.lower()] = value
    return Credentials(site, found)
