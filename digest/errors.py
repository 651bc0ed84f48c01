"""Every error a caller can act on.

DigestError            the user or the world can fix it
  ConfigError          feeds.yaml, prompts/, environment
  ItemError(url)       one feed or article; the run goes on
    FetchError  ExtractError  FeedError  LimitError
  ModelError           a model cannot be reached or loaded
    AnswerError        a language model gave no answer
    BudgetError        asking it could cost more than is allowed
  StoreError           the archive or a file of the workspace
  SendError            a mail server or publishing platform did not do what it was asked
  NotStartedError      no worker process could be had

SetAsideError, a BrokenExecutor, is the answer of workers to a call; whoever made it tells of the item.

ValueError and TypeError mean a bug: they are never caught and always give a traceback.
"""

from collections.abc import Sequence
from concurrent.futures import BrokenExecutor

from digest.language.counts import dollars
from digest.language.secrecy import shown_text


class DigestError(Exception):
    """Something the user or the world can mend; shown as one message, without a traceback.

    Its message says nothing secret: `***` stands for that in the addresses it names.
    """

    def __str__(self) -> str:
        return shown_text(super().__str__())

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions cross process borders by pickle, which would call __init__ with the message alone.
        return (_rebuild, (type(self), self.args, dict(self.__dict__)))


class ConfigError(DigestError):
    """Mistakes in feeds.yaml, prompts/ or the environment, all of them at once."""

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class ItemError(DigestError):
    """One feed, page or article that could not be used; the run goes on without it."""

    def __init__(self, url: str, reason: str, *, is_retryable: bool = False) -> None:
        self.url = url
        self.reason = reason
        self.is_retryable = is_retryable
        """Whether waiting can mend it, so that the next run tries again."""
        super().__init__(f"{url}: {reason}" if url else reason)


class FetchError(ItemError):
    """An address that gave no usable answer."""

    def __init__(
        self,
        url: str,
        reason: str,
        *,
        is_retryable: bool = False,
        status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(url, reason, is_retryable=is_retryable)
        self.status = status
        """The HTTP status, where there was one."""
        self.retry_after_s = retry_after_s
        """Seconds the server asked to wait, where it did."""


class FeedError(ItemError):
    """An answer that is not a feed."""


class ExtractError(ItemError):
    """A page that holds no article."""


class LimitError(ItemError):
    """What was given up because it took too much time or memory."""


class ModelError(DigestError):
    """A model that cannot be loaded or reached."""


class AnswerError(ModelError):
    """A language model that gave no answer to one question."""

    def __init__(
        self,
        model_id: str,
        reason: str,
        *,
        is_retryable: bool = False,
        status: int | None = None,
        retry_after_s: float | None = None,
        may_be_paid: bool = False,
    ) -> None:
        super().__init__(f"{model_id}: {reason}")
        self.reason = reason
        self.is_retryable = is_retryable
        """Whether the same question may be answered later."""
        self.status = status
        """The HTTP status, where there was one."""
        self.retry_after_s = retry_after_s
        """Seconds the server asked to wait, where it did."""
        self.may_be_paid = may_be_paid
        """Whether the provider may count it all the same: the answer broke off after it began."""


class BudgetError(ModelError):
    """A question to a language model that was not sent: it could cost more than is left of a budget."""

    def __init__(self, model_id: str, *, of: str, spent: int, most: int, price: int) -> None:
        super().__init__(
            f"{model_id}: the budget of this {of} is used up: {dollars(spent)} of {dollars(most)} are spent, "
            f"and a question may cost {dollars(price)}; raise budget.{of} in feeds.yaml's settings"
        )
        self.of = of
        """Which budget: run or month."""


class StoreError(DigestError):
    """The archive, its lock, or a file of the workspace."""


class SendError(DigestError):
    """A mail server or publishing platform that did not do what it was asked."""

    def __init__(self, to: str, reason: str, *, status: int | None = None, may_be_done: bool = False) -> None:
        super().__init__(f"{to}: {reason}")
        self.reason = reason
        self.status = status
        """The HTTP status, or an SMTP server's code, where there was one."""
        self.may_be_done = may_be_done
        """Whether it may have been done all the same: no answer came after it was asked."""


class NotStartedError(DigestError):
    """No worker process came to life, for no fault of the call: it is as good as not made."""


def _rebuild(kind: type[DigestError], args: tuple[object, ...], state: dict[str, object]) -> DigestError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class SetAsideError(BrokenExecutor):
    """A call killed as many workers as it may, wherever they were: it is not worth another try."""
