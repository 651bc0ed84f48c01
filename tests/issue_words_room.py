"""A newsroom with three approved stories of three themes, for tests of an issue's own words."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fake_language_models import Call, Reply, good
from newsroom import ISSUE, Newsroom, newsroom_with

from digest.issues.decisions import draft_path
from digest.language.addresses import entry_id

KILN = (
    "The cement maker at Brekke shut its coal kiln on Monday and fired an electric one beside the quarry.\n"
    "The new kiln burns no coal and takes 40 megawatts of hydropower from the river.\n"
    "The company will not open the old kiln again, its director Ida Holm said.\n"
    "It wanted to escape a carbon price that rose to 95 euros a tonne this year.\n"
    "Two other makers in the valley have ordered kilns of the same kind for next spring."
)
EELGRASS = (
    "Divers counted 320 eelgrass meadows in Orr bay, six years after dredging stopped for good.\n"
    "In 2019 the same divers had found 41 meadows on the same lines across the bay.\n"
    "The town council of Orr banned dredging in 2020 because cod had vanished from the bay.\n"
    "Cod returned to the harbour mouth last summer, fishers told the survey's authors in interviews.\n"
    "The council has not decided whether the ban will be extended to the outer islands."
)
BUS = (
    "A night bus without a driver carried nurses home through Tarrow for the first time on Friday.\n"
    "The town bought twelve buses of this kind in October for the routes after midnight.\n"
    "Drivers of the night shift will move to day routes, the operator's spokesman Jon Aske said.\n"
    "Tarrow had cancelled half of its night service in 2024 because nobody applied for the work.\n"
    "A second town on the coast plans to buy buses of the same kind within two years."
)
STORIES = {
    "Industry": ("harbour", "Brekke shuts its coal kiln", KILN),
    "Oceans": ("meridian", "Orr bay counts its eelgrass", EELGRASS),
    "Mobility": ("tarrow", "Night bus runs without a driver", BUS),
}
"""By theme."""

KILN_SAID = "The cement maker at Brekke shut its coal kiln and fired an electric one"
BUS_SAID = "A night bus without a driver carried nurses home through Tarrow"
MEADOWS_SAID = "Divers counted 320 eelgrass meadows in Orr bay"

Told = Sequence[tuple[str, str]]
"""Sentences, each with the theme of the entry it cites."""

GOOD: Told = (("Industry", f"{KILN_SAID}."), ("Mobility", f"{BUS_SAID}."))
LINES: Mapping[str, str] = {"Industry": KILN_SAID, "Oceans": MEADOWS_SAID}


def id_of(theme: str) -> str:
    """The id of a theme's story."""
    site, title, _ = STORIES[theme]
    return entry_id(f"https://{site}.example/{title.lower().replace(' ', '-')}")


def room_in(folder: Path, more: Mapping[str, str] | None = None) -> Newsroom:
    """Make the newsroom; `more` is added to articles, by theme."""
    told = [
        (site, title, text + (more or {}).get(theme, "")) for theme, (site, title, text) in STORIES.items()
    ]
    room = newsroom_with(folder, *told)
    for theme in STORIES:
        path = draft_path(room.output, ISSUE, id_of(theme))
        text = path.read_text("utf-8").replace("## Themes\n", f"## Themes\n\n* {theme}\n")
        path.write_text(text, "utf-8")
    room.digest("draft", "approve", "--all", "--issue", ISSUE)
    return room


def numbers(call: Call) -> dict[str, int]:
    """Number the themes' entries as a question has them."""
    found = re.findall(r"^\[(\d+)\] (\w+): ", call.user, re.MULTILINE)
    return {theme: int(number) for number, theme in found}


def says(introduction: Told = GOOD, lines: Mapping[str, str] = LINES, repairs: Told = ()) -> Any:
    """Script a model that says this, and this where it is asked to correct something."""

    def reply(call: Call) -> Reply:
        if '"refused":' in call.user:
            return good(json.dumps({"items": list(_corrected(call, repairs))}))
        at = numbers(call)
        said = [{"entries": [at[theme]], "text": text} for theme, text in introduction]
        themed = [{"theme": theme, "entries": [at[theme]], "line": text} for theme, text in lines.items()]
        return good(json.dumps({"introduction": said, "themes": themed}))

    return reply


def _corrected(call: Call, repairs: Told) -> Any:
    asked = [json.loads(line) for line in call.user.split("\n") if line.startswith("{")]
    for item, (_, text) in zip(asked, repairs, strict=False):
        yield {"id": item["id"], "sentences": list(map(int, item["sentences"])), "text": text}
