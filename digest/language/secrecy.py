"""What is secret in an address: a login before the host, and parameters that open a door.

Pure functions of text that never raise. Two answers, for two uses:

- `public_url` is what readers get. Logins, trackers and secret parameters are left out; all else stays.
- `shown_url` and `shown_text` are what screens and reports get: `***` stands where something secret stood.

A parameter is judged by its name, in a query, in a fragment, after a `;` of the path, in an address that is
part of another, and as a key of JSON that is a parameter's value. A name with brackets (`key[0]`,
`auth[token]`) is judged whole and by its parts, one with a number at its end also without it:

- names that mean nothing but a secret (`token`, `sig`, `password`, `X-Amz-...`): always;
- names that elsewhere name an article (`key`, `code`, `session`, `sid`): unless the value is a number, a date
  or at most three letters, as in `?sid=05/11/19/224214` and `?session=118`;
- whatever its name, a JSON Web Token.

Rather one link too many that must be mended by hand than a secret that cannot be taken back. What stands in
the path itself (`/feed/3f9c.../rss`) looks like any other path and stays.
"""

import json
import re
from typing import Any
from urllib.parse import quote, unquote

from digest.language.addresses import clean_url

MASK = "***"

MAX_NESTED_CHARS = 4_000
"""A longer value is not looked into for an address."""

MAX_DEPTH = 3
"""Nor is one within so many others."""

_SECRET = frozenset(
    """
    accesskey appkey auth authcode authhash authkey authorization bearer consumerkey credentials devkey
    feedkey googleaccessid hdnea hdntl hdnts keypairid licensekey memberkey otp pass passcode passphrase
    passwort pin pw pwd rsskey sess sig subscriberhash subscriberid subscriptionkey totp userkey
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)
_SECRET_ENDS = (
    *("token", "password", "passwd", "secret", "signature", "apikey", "secretkey", "privatekey", "sessionid"),
    *("sessid", "sessionkey", "credential", "hmac", "jwt", "oauth", "xauth", "accesskeyid"),
)
_SECRET_BEGINNINGS = ("xamz", "xgoog", "xoss", "xcossecurity", "aspsessionid")
_PAGING = frozenset({"pagetoken", "nextpagetoken", "nexttoken", "continuationtoken", "pagingtoken"})
"""They say which part of a list is meant."""
_OFTEN_SECRET = frozenset({"key", "code", "session", "sid", "ticket"})
_NAMES_AN_ARTICLE = re.compile(r"[0-9]{0,10}|[0-9][0-9/.:_-]{0,19}|[a-z]{1,3}", re.IGNORECASE)
_RANDOM = frozenset({"sign", "nonce", "wpnonce", "policy", "state"})
_LOOKS_RANDOM = re.compile(r"(?=.*[0-9])(?=.*[a-z])[a-z0-9_+/=~-]{16,}", re.IGNORECASE)
_JWT = re.compile(r"eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?")

# Browsers take any number of slashes after http:, of either kind.
_LOGIN = re.compile(r"(\s*(?:https?:[/\\]{1,9}|(?:[a-z][a-z0-9+.-]*:)?[/\\]{2}))[^/?#]*@", re.IGNORECASE)
# A password with a slash or a number sign in it: what stands before the first of them is no host with a port.
_BROKEN_LOGIN = re.compile(
    r"(\s*(?:[a-z][a-z0-9+.-]*:)?//)(?!\[)[^/?#@:]*:(?![0-9]*[/?#])[^@]*@(?:[^@]*@)*(?=[\w\[])",
    re.IGNORECASE,
)
_INNER_LOGIN = re.compile(r"(https?:[/\\]{1,9})[^/?#\s]*@", re.IGNORECASE)
# Logins end with @, parameters and pairs have = or follow ? or #, and what is written as one part has %.
_MAY_HOLD = re.compile("[@=?#%]")
_PATH_PAIR = re.compile(r"(^|[;&])([^=/?#&;]+)=([^/?#&;]*)")
_SEPARATOR = re.compile(r"(&(?:amp;)*|;|\?)", re.IGNORECASE)

_ADDRESS = re.compile(r"(?:https?:[/\\]|[a-z][a-z0-9+.-]{0,30}:[/\\]{2})[^\s<>\"]+", re.IGNORECASE)
_SPACED_LOGIN = re.compile(
    r"((?:https?:[/\\]|[a-z][a-z0-9+.-]{0,30}:[/\\]{2})[/\\]{0,7})([^\s/\\?#@:]{0,64}):"
    r"((?!\s)[^@\n]{1,200}@(?:(?:(?!: )[^/@\n'\"]){0,60}@)*)(?=[\w\[])",
    re.IGNORECASE,
)
"""In a text: a password with spaces, or with quotes, which would end an address."""
_PORT = re.compile(r"[0-9]{1,5}(?=[/?#:,;.)'\"]|\s)")
_JSON_NAME = re.compile(r"""(\\*["']|(?<=[{,\s]))(?P<name>[\w.$%\[\]-]{1,60})\1\s*:\s*\[?\s*""")
_JSON_VALUE = re.compile(
    r"""(?P<quote>\\*["'])(?P<text>(?:(?!(?P=quote))[^\n]){1,400})"""
    r"""|(?P<object>\{[^{}\n]{1,400}\})|(?P<word>[^"'\\\s,{}\[\]]+)"""
)
_MAYBE_MORE = re.compile(r"[/\\]{2}|https?:|@|[\[{]", re.IGNORECASE)
_MAYBE_JSON = re.compile(r"\s*[\[{]")
_PAIR = re.compile(r"([?&;#])([\w.%\[\]-]{1,60})=([^\s&;#<>\"]*)")
_BARE_LOGIN = re.compile(
    r"(?<![\w/@.%+:-])(?!(?:mailto|acct|xmpp|sips?):)([^\s/@:'\"<>()*]{1,64}):(?!\\)[^\s/@'\"<>]{1,256}@(?=[\w\[])",
    re.IGNORECASE,
)
_GIVEN_LOGIN = re.compile(
    r"\A\s*(?!(?:mailto|acct|xmpp|sips?|javascript|vbscript|data|file|tel|urn):)"
    r"[^/@:\n]{1,64}:(?![/\\])[^\n]{1,256}@(?=[\w\[])",
    re.IGNORECASE,
)
_AFTER = re.compile(r"[)\]}'\",.:!]+$")


def is_secret(name: str, value: str) -> bool:
    """Say whether a parameter opens a door; name and value as they stand in the address."""
    value = _decoded(value).strip()
    if not value or value == MASK:
        return False
    name = re.sub(r"^(?:amp;)+", "", _decoded(name[:MAX_NESTED_CHARS]).strip().lower())
    whole = _plain(name)
    if whole & _PAGING:
        return False
    parts = re.split(r"[\[\]]+", name) if "[" in name else ()
    return any(_is_secret(each, value) for each in whole.union(*map(_plain, parts)) - _PAGING)


def _plain(name: str) -> set[str]:
    """Give the letters and digits of a name, also without a number at its end."""
    plain = re.sub(r"[^a-z0-9]", "", name)
    return {plain, plain.rstrip("0123456789")}


def _is_secret(plain: str, value: str) -> bool:
    return (
        plain in _SECRET
        or plain.endswith(_SECRET_ENDS)
        or plain.startswith(_SECRET_BEGINNINGS)
        or (plain in _OFTEN_SECRET and not _NAMES_AN_ARTICLE.fullmatch(value))
        or (plain in _RANDOM and bool(_LOOKS_RANDOM.fullmatch(value)))
        or bool(_JWT.fullmatch(value))
    )


def without_login(url: str) -> str:
    """Take out what stands before the host; every other character stays as it was."""
    return _LOGIN.sub(r"\1", url, count=1) if "@" in url and _LOGIN.match(url) else url


def login_in(url: str) -> str:
    """Give what stands before the host, as it is written; empty for nothing."""
    match = _LOGIN.match(url)
    return match[0][len(match[1]) : -1] if match else ""


def with_login(url: str, login: str) -> str:
    """Put a login, as it was written, before the host of an address that has none."""
    match = re.match(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", url, re.IGNORECASE)
    return f"{match[0]}{login}@{url[match.end() :]}" if match and login and not login_in(url) else url


def public_url(url: str) -> str:
    """Give an address as readers get it: no login, no trackers, no secret parameters.

    One without any of them stays as it is, to the byte.
    """
    return secretless_url(clean_url(without_login(url)))


def secretless_url(url: str) -> str:
    """Give an address without login and secret parameters; trackers stay."""
    return _edited(url, masks=False)


def shown_url(url: str) -> str:
    """Give an address as screens and reports have it: `***` where something secret stands."""
    return _JWT.sub(MASK, _edited(url, masks=True))


def shown_given(text: str) -> str:
    """Give what somebody gave for an address, as messages have it: there its scheme may lack."""
    return shown_text(shown_url(_GIVEN_LOGIN.sub(f"{MASK}@", text, count=1) if "@" in text else text))


def shown_text(text: str) -> str:
    """Hide whatever is secret in the addresses of a text; see `shown_url`."""
    if not (":" in text or "=" in text or "@" in text):
        return text
    if "@" in text:
        text = _SPACED_LOGIN.sub(_spaced_login, text)
    text = shown_addresses(text)
    text = _shown_pairs(text)
    text = _PAIR.sub(lambda match: _masked(match[1], match[2], match[3]), text)
    return _BARE_LOGIN.sub(f"{MASK}@", text) if "@" in text else text


def shown_addresses(text: str) -> str:
    """Hide what is secret in the whole addresses of a text; what only looks like a part of one stays."""
    return _ADDRESS.sub(lambda match: _shown_in_text(match[0]), text) if ":" in text else text


def _shown_in_text(found: str) -> str:
    """Hide what is secret in an address that stands in a text, where a sentence may go on after it."""
    after = _AFTER.search(found)
    end = after.start() if after else len(found)
    return shown_url(found[:end]) + found[end:]


def _spaced_login(match: re.Match[str]) -> str:
    user, password = match[2], match[3]
    is_host = "." in user or user.lower() == "localhost"
    port = _PORT.match(password)
    # Of `http://proxy:80 x@h` nobody knows; a host with a port mostly shows itself as one.
    if port and (is_host or not password[port.end()].isspace()):
        return match[0]
    return f"{match[1]}{MASK}@"


def _shown_pairs(text: str) -> str:
    """Hide the values of a text's JSON, whole or not, that stand under secret names."""
    out, at = "", 0
    for name in _JSON_NAME.finditer(text):
        value = _JSON_VALUE.match(text, name.end())
        # `token: expired` is a sentence.
        if not value or name.start() < at or not (name[1] or value["quote"] or value["object"]):
            continue
        # Of an object under a name that is not surely secret, the names within are judged.
        if is_secret(name["name"], "0" if value["object"] else value["text"] or value["word"]):
            out += f"{text[at : value.start()]}{value['quote'] or ''}{MASK}"
            at = value.end()
    return out + text[at:]


def _masked(separator: str, name: str, value: str) -> str:
    if not is_secret(name, value):
        return f"{separator}{name}={value}"
    after = _AFTER.search(value)
    return f"{separator}{name}={MASK}{after[0] if after else ''}"


def _edited(url: str, *, masks: bool, depth: int = 0) -> str:
    """Mask what is secret in an address, or leave it out."""
    if not _MAY_HOLD.search(url):
        return url
    if "@" in url:
        login = _LOGIN if _LOGIN.match(url) else _BROKEN_LOGIN
        url = login.sub(rf"\g<1>{MASK}@" if masks else r"\g<1>", url, count=1)
    rest, number_sign, fragment = url.partition("#")
    path, question_mark, query = rest.partition("?")
    if "=" in path:
        path = _PATH_PAIR.sub(lambda match: _path_pair(match, masks=masks), path)
    start = path.find("://") + 3
    path = path[:start] + _inner_path(_INNER_LOGIN.sub(r"\1", path[start:]), masks=masks, depth=depth)
    query, is_changed = _query(query, masks=masks, depth=depth)
    question_mark = "" if is_changed and not query else question_mark
    fragment, is_changed = _fragment(fragment, masks=masks, depth=depth)
    number_sign = "" if is_changed and not fragment else number_sign
    return path + question_mark + query + number_sign + fragment


def _inner_path(path: str, *, masks: bool, depth: int) -> str:
    """Edit the parts of a path that are addresses written as one part (`https%3A%2F%2F...`)."""
    if "%" not in path:
        return path
    return "/".join(_inner(each, masks=masks, depth=depth) for each in path.split("/"))


def _path_pair(match: re.Match[str], *, masks: bool) -> str:
    if not is_secret(match[2], match[3]):
        return match[0]
    return f"{match[1]}{match[2]}={MASK}" if masks else ""


def _fragment(fragment: str, *, masks: bool, depth: int) -> tuple[str, bool]:
    front, question_mark, query = fragment.rpartition("?")
    front, is_front_changed = _query(front, masks=masks, depth=depth)
    query, is_changed = _query(query, masks=masks, depth=depth)
    return front + (question_mark if query else "") + query, is_changed or is_front_changed


def _query(query: str, *, masks: bool, depth: int) -> tuple[str, bool]:
    """Edit the parameters of a query; returns it, and whether anything changed."""
    kept: list[tuple[str, str]] = []
    is_changed = False
    for separator, pair in _pairs(query):
        name, equals, value = pair.partition("=")
        if not equals:
            name, value = "", pair
        new = _value(name, value, masks=masks, depth=depth)
        is_changed |= new != value
        if new is not None:
            kept.append((separator, name + equals + new))
    if not is_changed:
        return query, False
    return "".join((separator if at else "") + pair for at, (separator, pair) in enumerate(kept)), True


def _pairs(query: str) -> list[tuple[str, str]]:
    """Cut a query into its parameters, each with the separator before it."""
    pieces = _SEPARATOR.split(query)
    pairs: list[tuple[str, str]] = []
    for separator, piece in zip(["", *pieces[1::2]], pieces[::2], strict=True):
        # These two may also stand within a value.
        if separator in (";", "?") and "=" not in piece and pairs:
            before, pair = pairs[-1]
            pairs[-1] = (before, pair + separator + piece)
        else:
            pairs.append((separator, piece))
    return pairs


def _value(name: str, value: str, *, masks: bool, depth: int) -> str | None:
    """Give a parameter's value as it may be seen; None where it is left out."""
    if is_secret(name, value):
        return MASK if masks else None
    return _inner(value, masks=masks, depth=depth)


def _inner(value: str, *, masks: bool, depth: int) -> str:
    """Edit what is an address, a list of parameters or JSON within an address."""
    decoded = _decoded(value)
    is_plain = decoded == value and not _MAYBE_MORE.search(value)
    if is_plain or len(value) > MAX_NESTED_CHARS or depth == MAX_DEPTH:
        return value
    inner = _in_value(decoded, masks=masks, depth=depth + 1)
    if inner == decoded:
        return value
    return inner if value == decoded else quote(inner, safe="*:/@")


def _in_value(text: str, *, masks: bool, depth: int) -> str:
    if not _MAYBE_JSON.match(text):
        text = _edited(text, masks=masks, depth=depth)
        return _BARE_LOGIN.sub(f"{MASK}@" if masks else "", text) if "@" in text else text
    try:
        found = json.loads(text)
        edited = _in_json(found, masks=masks, depth=depth)
    except (ValueError, RecursionError):
        # It may be cut off, or written as JavaScript has it.
        return text if _shown_pairs(text) == text else MASK if masks else ""
    return text if edited == found else json.dumps(edited, ensure_ascii=False, separators=(",", ":"))


def _in_json(value: Any, *, masks: bool, depth: int) -> Any:
    """Edit JSON: values under names that are secret, and what its texts hold."""
    if isinstance(value, str):
        return value if depth > MAX_DEPTH else _in_value(value, masks=masks, depth=depth + 1)
    if isinstance(value, list):
        return [_in_json(each, masks=masks, depth=depth) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: MASK if is_hidden else _in_json(each, masks=masks, depth=depth)
        for name, each in value.items()
        if not (is_hidden := _hides(name, each)) or masks
    }


def _hides(name: str, value: Any) -> bool:
    """Say whether what stands under a name of JSON is secret, or holds something that would be."""
    if isinstance(value, dict):
        return any(_hides(name, each) for each in value.values())
    if isinstance(value, list):
        return any(_hides(name, each) for each in value)
    return value is not None and not isinstance(value, bool) and is_secret(name, str(value))


def _decoded(text: str) -> str:
    # Some addresses are escaped twice, or more.
    for _ in range(3):
        if "%" not in text:
            break
        text = unquote(text)
    return text
