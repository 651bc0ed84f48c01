"""What an editor types into one field in one go, saved several times meanwhile, and undone at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

ONE_GO = timedelta(minutes=1)
"""Between two savings that are undone at once: who rests longer begins another thought. Judgement."""


@dataclass(frozen=True)
class Typed:
    """What was saved last while an editor typed."""

    step: int
    """By which it was saved."""
    draft_id: str
    field: str
    """What was typed into; empty where it did not save by itself."""
    at: datetime

    def step_for(self, draft_id: str, field: str, now: datetime) -> int:
        """Give the step that more of the same goes on with; 0 where it is none."""
        is_same = field and (self.draft_id, self.field) == (draft_id, field)
        return self.step if is_same and now - self.at < ONE_GO else 0
