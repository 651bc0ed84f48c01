"""What one HTTP answer is worth: usable, to be tried again, or hopeless, and why. Asks nothing itself."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from digest.errors import FetchError
from digest.records import Page

REDIRECTS = frozenset({301, 302, 303, 307, 308})

PASSING = frozenset({408, 429, 502, 503, 504})
"""Statuses that tell of a state which may pass within seconds; Retry-After is honoured with them."""

WALL_STATUSES = frozenset({401, 403, 429, 503})

WALL_BYTES = 65_536
"""How far into a body markers are looked for."""

# Words of the challenge and block pages of the common protection services. Only looked for in answers that
# already are errors, so that an article about captchas is safe.
WALL_MARKERS = re.compile(
    rb"captcha"
    rb"|enable javascript and cookies"
    rb"|enable js and disable any ad ?blocker"
    rb"|verify(?:ing)? (?:that )?you are (?:a )?human"
    rb"|checking (?:if the site connection is secure|your browser before)"
    rb"|attention required! \| cloudflare|cf-chl-|challenge-platform|<title>just a moment"
    rb"|are you a robot|unusual traffic from your"
    rb"|errors\.edgesuite\.net|_incapsula_resource|request unsuccessful\. incapsula"
    rb"|captcha-delivery\.com|px-captcha|perimeterx|pardon our interruption|sucuri website firewall"
)
WALL_HEADERS = ("cf-mitigated", "x-datadome", "x-amzn-waf-action")


def judge_answer(page: Page, *, is_conditional: bool) -> FetchError | None:
    """Tell what is wrong with an answer.

    Args:
        page: The answer to one request.
        is_conditional: Whether the request said what is already known, so that 304 is an answer.

    Returns:
        None if it is a page, a redirect, or the 304 asked for.
    """
    status = page.status
    if is_bot_wall(page):
        # Waiting does not mend a block; a challenge at 429 or 503 may be lifted when the load is.
        is_retryable = status in PASSING
        reason = f"bot wall (HTTP {status})"
    elif 200 <= status < 300 or status in REDIRECTS or (status == 304 and is_conditional):
        return None
    else:
        is_retryable = status in PASSING or status >= 500
        reason = f"HTTP {status}"
    return FetchError(
        page.url,
        reason,
        is_retryable=is_retryable,
        status=status,
        retry_after_s=retry_after_s(page) if status in PASSING else None,
    )


def is_bot_wall(page: Page) -> bool:
    """Tell whether an answer is a protection service's, not the site's."""
    if page.header("x-amzn-waf-action") in ("challenge", "captcha"):
        return True  # comes as 202 or 405
    if page.status not in WALL_STATUSES:
        return False
    if any(page.header(name) for name in WALL_HEADERS):
        return True
    return WALL_MARKERS.search(page.body[:WALL_BYTES].lower()) is not None


def retry_after_s(page: Page) -> float | None:
    """Return the seconds a server asks to wait, counted from when it answered; None where it does not say."""
    value = page.header("retry-after").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (_aware(until) - page.fetched_at).total_seconds())


def tries_worth(error: FetchError, tries: int) -> int:
    """Return how often an address is worth asking that failed like this, within one run.

    Other statuses from 500 up may pass too, but hardly within seconds: they are left to the next run.
    """
    if not error.is_retryable:
        return 1
    if error.status is None or error.status in PASSING:
        return tries
    return min(tries, 2) if error.status == 500 else 1


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
