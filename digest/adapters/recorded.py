"""Answers in files, a readable one each, named by the question's key: a model that has said all it knows."""

import json
import re
from pathlib import Path
from typing import Any, get_args

from digest.errors import AnswerError, StoreError
from digest.records import FinishReason, ModelRequest, ModelResponse, Usage

MOST_ANSWER = 5_000_000
"""Bytes of a file: as drafts and other files that people write."""


class RecordedAnswers:
    """A folder of answers; implements ports.LanguageModel.

    A file is `<key>.json` with `model`, `purpose`, `prompt` (its name and version) and `answer`: the object
    the model wrote, or its words where they are no such thing. `finish` stands there where it was not done.

    Args:
        folder: Where the files are.
        name: What the folder is called in drafts and reports; its last name where there is none.
    """

    def __init__(self, folder: Path, *, name: str = "") -> None:
        self._folder = folder
        self.model_id = f"recorded:{name or folder.name}"

    async def complete(self, request: ModelRequest) -> ModelResponse:
        """Give the answer in the file that the request's key names.

        Raises:
            AnswerError: there is none, or it cannot be read.
        """
        path = self._path(request.key)
        try:
            with path.open("rb") as file:
                found = json.loads(file.read(MOST_ANSWER + 1).decode("utf-8"))
            answer, model = found["answer"], str(found.get("model") or self.model_id)
        except FileNotFoundError as error:
            raise AnswerError(self.model_id, f"no recorded answer {path.name}") from error
        except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
            reason = f"{path.name}: expected a recorded answer, a JSON object with model and answer"
            raise AnswerError(self.model_id, reason) from error
        finish = found.get("finish", "stop")
        return ModelResponse(
            answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False),
            Usage(),
            model,
            finish if finish in get_args(FinishReason) else "other",
        )

    async def close(self) -> None:
        """Close nothing."""

    def keep(self, request: ModelRequest, response: ModelResponse, purpose: str, prompt: str) -> None:
        """Write an answer into the folder, in place of an earlier one to the same question.

        Raises:
            StoreError: it cannot be written.
        """
        found: dict[str, Any] = {
            "model": response.model_id,
            "purpose": purpose,
            "prompt": prompt,
            "answer": _readable(response.text),
        }
        if response.finish_reason != "stop":
            found["finish"] = response.finish_reason
        path = self._path(request.key)
        temporary = path.with_name(f".{path.name}.tmp")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", "utf-8")
            temporary.replace(path)
        except OSError as error:
            raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from error

    def _path(self, key: str) -> Path:
        if not re.fullmatch("[0-9A-Za-z_-]{1,100}", key):
            raise ValueError(f"expected a question's key, got {key!r}")
        return self._folder / f"{key}.json"


def _readable(text: str) -> Any:
    """Give an answer as the object it is, which people can read and mend; else as its text."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return found if isinstance(found, dict) else text
