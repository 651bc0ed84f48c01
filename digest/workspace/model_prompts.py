"""Prompt files for language models: front matter, checked, and a body that is a template.

A file the workspace does not have is taken from the package. The body is compiled elsewhere, where it is
known what it may use.
"""

import hashlib
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from digest.errors import ConfigError
from digest.records import ModelPrompt
from digest.workspace.config_check import Shape, check_document, expected, worded
from digest.workspace.files import FileError, read_bytes
from digest.workspace.prompt_files import path_of
from digest.workspace.yaml_lines import YamlSyntaxError, read_yaml

ANALYZE_PROMPT = "prompts/analyze.v1.md"
ISSUE_PROMPT = "prompts/issue.v1.md"
REVIEW_PROMPT = "prompts/review.v1.md"

FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<yaml>.*?)^---[ \t]*\n", re.DOTALL | re.MULTILINE)


def _language(value: str) -> str:
    if value not in ("newsletter", "article") and not re.fullmatch("[a-z]{2}", value):
        raise expected("newsletter, article, or a code of two letters such as de")
    return value


class _Limits(Shape):
    part_characters: Annotated[int, Field(ge=1_000, le=1_000_000)]
    parts: Annotated[int, Field(ge=1, le=100)]
    answer_tokens: Annotated[int, Field(ge=100, le=100_000)]


class _FrontMatter(Shape):
    version: Literal[1]
    language: Annotated[str, AfterValidator(_language)] = "newsletter"
    limits: _Limits


def load_model_prompt(workspace: Path, name: str = ANALYZE_PROMPT) -> ModelPrompt:
    """Read a prompt file.

    Raises:
        ConfigError: everything that is wrong with its front matter, each with file and line.
    """
    try:
        raw = read_bytes(path_of(workspace, name))
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except FileError as error:
        raise ConfigError(f"{name}: cannot be read: {error.reason}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{name}: expected UTF-8 text, got byte {error.start + 1} in another charset"
        ) from error
    match = FRONT_MATTER.match(text)
    if not match:
        raise ConfigError(f"{name}:1: expected front matter between two lines of ---, got none")
    try:
        # The line of dashes counts, so that lines are those of the file.
        document = read_yaml("\n" + match["yaml"])
    except YamlSyntaxError as error:
        raise ConfigError(f"{name}:{error.line}: {error.message}") from error
    front, problems = check_document(_FrontMatter, document)
    problems += document.problems
    if problems or front is None:
        raise ConfigError(worded(name, problems))
    return ModelPrompt(
        name=name,
        body=text[match.end() :],
        body_line=text.count("\n", 0, match.end()),
        language=front.language,
        version=hashlib.sha256(raw).hexdigest()[:12],
        **front.limits.model_dump(),
    )
