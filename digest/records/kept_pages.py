"""HTTP answers."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

OWN_HEADERS = "digest-"
"""How the names of headers begin that digest itself adds to pages; a server's of such a name are dropped."""

DO_NOT_REPUBLISH = "digest-do-not-republish"
"""Header that digest itself adds to a page that was read with somebody's access; no server's."""

COPIED_AT = "digest-copied-at"
"""Header that digest itself adds to a copy of a page that is gone: the day it was made, 2026-11-20."""

NO_TRANSCRIPT = "digest-no-transcript"
"""Header that digest itself adds to what a feed says of a video: why what is said in it is not known."""

TRANSCRIPT_AT = "digest-transcript-at"
"""Header that digest itself adds to a transcript that stands for an episode's page: its own address."""


@dataclass(frozen=True)
class Page:
    """One HTTP answer, kept whole."""

    url: str
    """The address asked for."""
    final_url: str
    """The address that answered, after redirects."""
    status: int
    headers: tuple[tuple[str, str], ...]
    """Names lower-cased, in the order received."""
    body: bytes
    """Decoded from gzip and the like, not from its charset."""
    fetched_at: datetime
    redirects: tuple[tuple[int, str], ...] = ()
    """(status, address it led to) of each redirect followed, in order; 200 where a page itself led on."""

    def header(self, name: str) -> str:
        """Return the first header of that name (lower case), or an empty string."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def to_be_read(self) -> "Page":
        """What reading it takes, for a worker that may be on another machine: no cookies, no redirects."""
        headers = tuple(each for each in self.headers if each[0] in ("content-type", TRANSCRIPT_AT))
        return replace(self, headers=headers, redirects=())

    @property
    def may_be_republished(self) -> bool:
        """Whether it was read as anybody may read it."""
        return not self.header(DO_NOT_REPUBLISH)

    @property
    def sha256(self) -> str:
        """Hash of the body, which names the kept file."""
        return hashlib.sha256(self.body).hexdigest()
