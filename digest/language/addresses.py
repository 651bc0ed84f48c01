"""Addresses: the id they give, what is private in them, and when two of them are the same article.

Pure functions of text that never raise, whatever they are given. Nothing here fetches or resolves a name;
whether an address may be connected to is decided where the connection is made.

Three views of one address, from exact to loose:

- `entry_id` takes it exactly as the feed or newsletter gave it, because existing archives do.
- `clean_url` takes out trackers and private tokens and leaves every other character as it was: it is what
  readers are shown, so it must still lead to the page.
- `address_key` may change anything that does not change the article. It is compared, never fetched.

The list of trackers is this project's own. A parameter is on it when leaving it out was never known to change
the page; those that mean something on other sites are removed on the named sites only. Known exceptions: an
affiliate tag, a "gift link" that opens a paywall, and `v=` of video addresses all stay.
"""

import hashlib
import html
import re
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

_TRACKER_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "fb_action_", "__hs", "_hs", "oly_")
_TRACKERS = frozenset(
    """
    _branch_match_id _branch_referrer _ga _gl _ke _kx _openstat at_campaign at_custom1 at_custom2 at_custom3
    at_custom4 at_format at_link_id at_link_origin at_link_type at_medium at_ptr_name at_ptr_type
    bbc_origin bsft_clkid bsft_eid bsft_uid ck_subscriber_id cmpid cn-reloaded dclid dm_i ef_id
    email_hash emci emdi ceid epik erid et_cid et_rid fb_ref fb_source fbclid gbraid gclid gclsrc guccounter
    guce_referrer guce_referrer_sig hsctatracking hsenc hsmi icid igsh igshid intcmp irclickid itm_campaign
    itm_content itm_medium itm_source lctg li_fat_id mbid mc_cid mc_eid mc_tc mkt_tok mkwid ml_subscriber
    ml_subscriber_hash msclkid ncid nr_email_referer ns_campaign ns_linkname ns_mchannel ns_source
    nx_source rb_clickid ref_src ref_url s_cid s_kwcid sc_campaign sc_channel sc_cid sc_content
    sc_medium sc_outcome sc_geo sc_country sfmc_id sfmc_sub share_id soc_src soc_trk sourceid spjobid
    spmailingid spreportid spuserid sr_share sref srnd sthash trackingid trk trkcampaign trkemail
    ttclid twclid vero_conv vero_id vgo_ee wbraid wickedid wt.mc_id wt.mc_ev wt_mc wt_zmc xtor yclid ysclid
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)
_TOKENS = frozenset(
    """
    token access_token accesstoken auth_token authtoken id_token refresh_token session_token jwt jwt_token
    session_id sessionid phpsessid jsessionid aspsessionid api_key apikey pwapi_token subscriber_id
    subscriber_hash unsubscribe_token
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)
_SITE_TRACKERS: dict[str, frozenset[str]] = {
    "youtube.com": frozenset({"si", "feature", "pp", "ab_channel"}),
    "youtu.be": frozenset({"si", "feature", "pp", "ab_channel"}),
    "spotify.com": frozenset({"si", "nd", "dlsi"}),
    "twitter.com": frozenset({"s", "t", "cxt"}),
    "x.com": frozenset({"s", "t", "cxt"}),
    "linkedin.com": frozenset({"lipi", "licu", "midtoken", "midsig", "otptoken", "rcm"}),
    "reddit.com": frozenset({"rdt", "share_id"}),
    "tiktok.com": frozenset({"_r", "_t", "is_from_webapp", "sender_device"}),
    "medium.com": frozenset({"source"}),
    "wsj.com": frozenset({"mod", "reflink"}),
    "nytimes.com": frozenset(
        {"smid", "smtyp", "campaign_id", "emc", "nl", "instance_id", "segment_id", "regi_id", "user_id", "te"}
    ),
    "theguardian.com": frozenset({"cmp"}),
    "washingtonpost.com": frozenset({"itid", "wpisrc", "wpmm"}),
    "forbes.com": frozenset({"sh", "ss"}),
    "ft.com": frozenset({"segmentid", "sharetype"}),
    "msn.com": frozenset({"ocid", "cvid", "ei", "pc"}),
    "bbc.com": frozenset({"ocid"}),
    "bbc.co.uk": frozenset({"ocid"}),
    "dailymail.co.uk": frozenset({"ito"}),
}
_SUBSTACK = frozenset(
    """
    publication_id post_id isfreemail r s triedredirect showwelcome showwelcomeonshare action initial_medium
    triedsigningin
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)
_JWT = re.compile(r"eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?")
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}/?", re.IGNORECASE)
_AMP_PARAMETERS = frozenset({"amp", "amp=", "amp=1", "amp=true", "outputtype=amp", "output=amp", "_amp=true"})
_PATH_SESSION = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*(?=:)")
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\ufeff]")
_DEFAULT_PORT = re.compile(r":(?:80|443)?$")
_LINE_BREAKS = re.compile(r"[ \t]*[\r\n\t][ \t\r\n]*")
_AFTER_HOST = re.compile(r"(https?://[^/?#\s<>\"]+)([/?#].*)", re.IGNORECASE | re.DOTALL)
_ENCODED = re.compile(r"[\s\x00-\x1f\x7f<>\"]")


def entry_id(url: str) -> str:
    """Give the id of the entry an address makes: 32 hexadecimal digits.

    Args:
        url: The address exactly as the feed or newsletter gave it, trackers included.
    """
    # The repr, quotes and b included, is odd; existing archives were made so and their ids must stay.
    given = repr(url.encode("utf-8", "surrogatepass"))
    return hashlib.md5(given.encode("utf-8"), usedforsecurity=False).hexdigest()


def host(url: str) -> str:
    """Give the host of an address, lower case, without `www.` and port; empty where there is none."""
    name = (_hostname(_split(url)) or "").rstrip(".")
    return name.removeprefix("www.")


def is_web_address(url: str) -> bool:
    """Say whether `url` is an http or https address with a host and without white space inside."""
    parts = _split(url)
    return (
        parts is not None
        and parts.scheme in ("http", "https")
        and bool(_hostname(parts))
        and not re.search(r"[\s\x00-\x1f\x7f<>\"]", url)
    )


def as_asked(url: str) -> str:
    """Give an address as a browser asks for it: no line break in it, blanks, quotation marks and < > encoded.

    Writers forget to encode them ("/My report.pdf"). Any other address comes back exactly as it is.
    """
    given = url.strip()
    if is_web_address(given):
        return given
    parts = _AFTER_HOST.fullmatch(_LINE_BREAKS.sub("", given))
    return parts[1] + _ENCODED.sub(lambda sign: quote(sign[0]), parts[2]) if parts else given


def scheme_of(url: str) -> str:
    """Give the scheme of an address as a browser would find it; empty where there is none.

    Browsers drop spaces and control characters from an address, and decode entities that a reader left.
    """
    plain = _INVISIBLE.sub("", html.unescape(_INVISIBLE.sub("", url))).casefold()
    scheme = _SCHEME.match(plain)
    return scheme[0] if scheme else ""


def is_host_name(url: str) -> bool:
    """Say whether what stands for the host of an address could be one, and its port a number."""
    parts = _split(url)
    try:
        name = parts.hostname if parts and (parts.port or 0) >= 0 else None
    except ValueError:
        return False
    return bool(name) and bool(re.fullmatch(r"[\w.-]+|[0-9a-f:.]+(?:%[\w.-]+)?", name or ""))


def clean_url(url: str) -> str:
    """Remove trackers and private tokens; every other character stays as it was."""
    rest, hash_sign, fragment = url.partition("#")
    path, question_mark, query = rest.partition("?")
    name = host(url)
    path = _PATH_SESSION.sub("", path)
    if query:
        pairs = query.split("&")
        kept = _without_trackers(pairs, name, path)
        if len(kept) < len(pairs):
            query = "&".join(kept)
            question_mark = "?" if kept else ""
    fragment, is_changed = _clean_fragment(fragment, name)
    return path + question_mark + query + ("" if is_changed and not fragment else hash_sign) + fragment


def address_key(url: str) -> str:
    """Give the key under which addresses of one article are the same.

    It looks like an https address, so that it can be read, but is meant for comparing only; a login before
    the host is no part of it. An address that is not of the web is its own key, stripped.
    """
    key = url.strip()
    # Each pass may uncover something for the next (an AMP address inside another); junk settles in a few.
    for _ in range(8):
        previous, key = key, _key_once(key)
        if key == previous:
            break
    return key


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url.strip())
    except ValueError:
        return None


def _hostname(parts: SplitResult | None) -> str | None:
    try:
        return parts.hostname if parts else None
    except ValueError:
        return None


def _is_at(name: str, site: str) -> bool:
    return name == site or name.endswith("." + site)


def _parameter(pair: str) -> tuple[str, str]:
    """Split name and value as they are meant: decoded, without the `amp;` of an address escaped twice."""
    name, _, value = pair.partition("=")
    name = unquote(name).strip().lower()
    while name.startswith("amp;"):
        name = name[4:]
    return name, unquote(value).strip()


def _without_trackers(pairs: list[str], name: str, path: str) -> list[str]:
    parameters = [_parameter(pair) for pair in pairs]
    names = {parameter for parameter, _ in parameters}
    extra = set().union(*(found for site, found in _SITE_TRACKERS.items() if _is_at(name, site)))
    # Newsletters on Substack live on hosts of their own, so the company its parameters come in tells them.
    is_substack = (
        _is_at(name, "substack.com")
        or "isfreemail" in names
        or {"publication_id", "post_id"} <= names
        or ("/p/" in path and any(parameter.startswith("utm_") for parameter in names))
    )
    if is_substack:
        extra |= _SUBSTACK
    return [
        pair
        for pair, (parameter, value) in zip(pairs, parameters, strict=True)
        if not (parameter in extra or _is_tracker(parameter, value, name))
    ]


def _is_tracker(parameter: str, value: str, name: str) -> bool:
    return (
        parameter in _TRACKERS
        or parameter in _TOKENS
        or parameter.startswith(_TRACKER_PREFIXES)
        or (parameter in ("email", "e-mail", "mail") and "@" in value)
        # Ghost adds ?ref=its.own.domain to every outgoing link; elsewhere `ref` may name a branch or a page.
        or (parameter == "ref" and not name.startswith("git") and bool(_DOMAIN.fullmatch(value)))
        or bool(_JWT.fullmatch(value))
    )


def _clean_fragment(fragment: str, name: str) -> tuple[str, bool]:
    """Return what stays of a fragment, and whether anything went."""
    kept = fragment.partition(":~:")[0]
    if "=" in kept and not kept.startswith(("!", "/")):
        pairs = kept.split("&")
        if all(_is_tracker(*_parameter(pair), name) for pair in pairs):
            kept = ""
    return kept, kept != fragment


def _key_once(url: str) -> str:
    # Takes 50 ms to import, which commands that compare no addresses need not pay.
    from w3lib.url import canonicalize_url

    cleaned = clean_url(url).strip()
    if not is_web_address(re.sub(r"[\s\"<>\x00-\x1f\x7f]", "", cleaned)):
        return cleaned
    try:
        parts = urlsplit(canonicalize_url(cleaned, keep_fragments=True))
        netloc = _key_host(parts)
    except ValueError:
        return cleaned
    inner = _amp_target(netloc, parts.path)
    if inner:
        return inner
    path = re.sub(r"/index\.html?$", "/", parts.path)
    path = _without_amp(path.rstrip("/")).rstrip("/")
    query = _key_query(parts.query)
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    return urlunsplit(("https", netloc, path, query, fragment))


def _key_host(parts: SplitResult) -> str:
    name = parts.netloc.lower().rpartition("@")[2]
    name = _DEFAULT_PORT.sub("", name).rstrip(".")
    while (match := re.match(r"(?:www|m|amp)\.(?=[^.:]+\.)", name)) is not None:
        name = name[match.end() :]
    return re.sub(r"^([a-z-]+)\.m\.(wiki\w+\.org)$", r"\1.\2", name)


def _key_query(query: str) -> str:
    pairs = [re.sub(r"^(?:amp(?:;|%3B))+", "", pair, flags=re.IGNORECASE) for pair in query.split("&")]
    return "&".join(sorted(pair for pair in pairs if pair and pair.lower() not in _AMP_PARAMETERS))


def _amp_target(name: str, path: str) -> str:
    """Give the address inside an address of an AMP cache; empty where it is none."""
    match = None
    if _is_at(name, "cdn.ampproject.org"):
        match = re.fullmatch(r"/[cvi]/(?:s/)?([^/]+\.[^/]+(?:/.*)?)", path)
    elif re.fullmatch(r"google\.[a-z.]{2,6}", name):
        match = re.fullmatch(r"/amp/(?:s/)?([^/]+\.[^/]+(?:/.*)?)", path)
    return "https://" + match[1] if match else ""


def _without_amp(path: str) -> str:
    """Take off the ending that marks the AMP twin of a page.

    `/tag/amp` or `/wiki/amp` are pages about something called amp, so a bare last segment goes only where the
    one before it looks like an article's: long, with a digit or a hyphen.
    """
    path = re.sub(r"\.amp(?:\.html?)?$", lambda match: ".html" if "htm" in match[0] else "", path)
    head, _, last = path.rpartition("/")
    segment = head.rpartition("/")[2]
    if last in ("amp", "amp.html") and len(segment) >= 6 and re.search(r"[-_\d]", segment):
        return head
    return path
