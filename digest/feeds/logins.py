"""Logins: what stands in an address before the host is sent to that host, and to no other.

It goes into a header of the request, never into another address. A redirect within the site keeps it, as does
one from http to https at the usual ports; any other host, port or way back to http goes without.
"""

from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes, urlsplit

from digest.language.secrecy import login_in

_PORTS = {"http": 80, "https": 443}

Site = tuple[str, str, int]
"""Scheme, host and port."""


@dataclass(frozen=True)
class Login:
    """A name and password for one site."""

    site: Site
    header: str
    """Value of the Authorization header."""

    def fits(self, url: str) -> bool:
        """Say whether an address may be asked with it."""
        site = site_of(url)
        is_upgrade = self.site[0] == "http" and site == ("https", self.site[1], 443) and self.site[2] == 80
        return site == self.site or is_upgrade


def login_of(url: str) -> Login | None:
    """Read the login out of an address; None where it has none."""
    written, site = login_in(url), site_of(url)
    if not written or site is None:
        return None
    name, _, password = written.partition(":")
    joined = unquote_to_bytes(name) + b":" + unquote_to_bytes(password)
    return Login(site, f"Basic {b64encode(joined).decode('ascii')}")


def site_of(url: str) -> Site | None:
    """Name the site an address belongs to; None where it is no http(s) address."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname.rstrip("."), port
