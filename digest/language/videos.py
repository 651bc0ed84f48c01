"""Addresses of videos, whose pages hold no article: what is said in them is in a transcript, if anywhere."""

import re
from urllib.parse import parse_qs, urlsplit

from digest.language.addresses import host

ID = re.compile(r"[\w-]{11}")
HOSTS = frozenset(("youtube.com", "m.youtube.com", "music.youtube.com", "youtube-nocookie.com"))
PATH = re.compile(r"/(?:shorts|live|embed|v)/([\w-]{11})/?")

UNREAD = "a video; what is said in it is read with settings.video_transcripts alone"


def video_id(url: str) -> str:
    """Give the id of the video that an address shows; empty where it shows none."""
    try:
        parts = urlsplit(url)
        name = host(url).removeprefix("www.")
    except ValueError:
        return ""
    if name == "youtu.be":
        found = parts.path.strip("/")
    elif name not in HOSTS:
        return ""
    elif parts.path == "/watch":
        found = parse_qs(parts.query).get("v", [""])[0]
    else:
        match = PATH.fullmatch(parts.path)
        found = match[1] if match else ""
    return found if ID.fullmatch(found) else ""
