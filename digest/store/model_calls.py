"""Questions to language models: kept with what they cost, and counted against a budget before they are sent.

A question's price is written down, at its highest, before it is sent; what it did cost takes its place in the
transaction that keeps the answer. So what a killed run had asked counts, at its highest, for good.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import zstandard
from sqlalchemy import Connection, Engine, Row, func, select

from digest.errors import BudgetError
from digest.records import ModelCall, ModelRequest, ModelResponse, Nanodollars, Usage
from digest.store import schema
from digest.store.sqlite import for_writing

calls = schema.model_calls

# As kept pages are: a question is mostly the text of one.
COMPRESSION_LEVEL = 9

MOST_QUESTION = 100_000_000
"""Bytes of a question, unpacked: the largest page. It keeps a damaged row from filling the memory."""

AT_ONCE = 50
"""Rows of the log in memory at once."""


@dataclass(frozen=True)
class Asked:
    """A question that is about to be sent."""

    request: ModelRequest
    model_id: str
    purpose: str
    reserved: Nanodollars
    """The most it may cost."""
    run: str
    """Whose budget it counts against."""
    at: datetime
    about: str = ""
    prompt: str = ""
    batch: str = ""


class ModelCalls:
    """Questions about questions to language models."""

    def __init__(self, engine: Engine) -> None:
        self._read = engine
        self._write = for_writing(engine)

    def reserve(self, asked: Sequence[Asked], *, most_run: Nanodollars, most_month: Nanodollars) -> list[int]:
        """Write questions down before they are sent, all of them or none; gives their numbers.

        What costs nothing is never refused.

        Raises:
            BudgetError: their prices go beyond what a run or a calendar month (UTC) may cost.
        """
        with self._write.begin() as connection:
            price = sum(each.reserved for each in asked)
            if price:
                first = asked[0]
                within = {
                    "run": (calls.c.run == first.run, most_run),
                    "month": (calls.c.at >= month_of(first.at), most_month),
                }
                for of, (where, most) in within.items():
                    spent = _spent(connection, where)
                    if spent + price > most:
                        raise BudgetError(first.model_id, of=of, spent=spent, most=most, price=price)
            return [_insert(connection, each) for each in asked]

    def keep_answer(self, call: int, response: ModelResponse, price: Nanodollars) -> None:
        """Keep an answer with what it did cost."""
        values = {
            "state": "answered",
            "answer": response.text,
            "answered_by": response.model_id,
            "finish": response.finish_reason,
            "input_tokens": response.usage.input_tokens,
            "output_tokens": response.usage.output_tokens,
            "price": price,
        }
        self._settle([call], values)

    def keep_failure(self, numbers: Sequence[int], problem: str, *, may_be_paid: bool) -> None:
        """Keep why questions got no answer; what may be paid all the same counts at its highest."""
        values = {"state": "failed", "problem": problem}
        self._settle(numbers, values if may_be_paid else {**values, "price": 0})

    def keep_batch(self, numbers: Sequence[int], batch: str) -> None:
        """Note which batch questions were handed over in."""
        self._settle(numbers, {"batch": batch})

    def _settle(self, numbers: Sequence[int], values: dict[str, Any]) -> None:
        with self._write.begin() as connection:
            connection.execute(calls.update().where(calls.c.call.in_(numbers)).values(**values))

    def answer_to(self, key: str, model_id: str, *, run: str | None = None) -> ModelResponse | None:
        """Give the newest kept answer to a question, of one run or any; None where there is none."""
        row = self._newest(key, model_id, "answered", *((calls.c.run == run,) if run else ()))
        if row is None:
            return None
        usage = Usage(row.input_tokens, row.output_tokens)
        return ModelResponse(row.answer, usage, row.answered_by, row.finish)

    def is_open(self, key: str, model_id: str) -> bool:
        """Tell whether a question that costs something was sent, and nobody knows what became of it."""
        row = self._newest(key, model_id, "asked")
        return row is not None and row.price > 0

    def _newest(self, key: str, model_id: str, state: str, *more: Any) -> Row[Any] | None:
        where = (calls.c.key == key, calls.c.model_id == model_id, calls.c.state == state, *more)
        with self._read.connect() as connection:
            return connection.execute(
                select(calls).where(*where).order_by(calls.c.call.desc()).limit(1)
            ).first()

    def in_batches(self, model_id: str) -> dict[str, dict[str, int]]:
        """Give the open questions of each batch of a model: {batch: {key: number}}."""
        where = (calls.c.model_id == model_id, calls.c.state == "asked", calls.c.batch != "")
        found: dict[str, dict[str, int]] = {}
        with self._read.connect() as connection:
            rows = connection.execute(select(calls.c.batch, calls.c.key, calls.c.call).where(*where)).all()
        for row in rows:
            found.setdefault(row.batch, {})[row.key] = row.call
        return found

    def has_batch(self, batch: str) -> bool:
        """Tell whether any question was handed over in a batch."""
        with self._read.connect() as connection:
            return connection.execute(select(calls.c.call).where(calls.c.batch == batch)).first() is not None

    def asked_before(self, moment: datetime, numbers: Sequence[int]) -> list[int]:
        """Give those of some questions that were written down before a moment."""
        where = (calls.c.call.in_(numbers), calls.c.at < moment)
        with self._read.connect() as connection:
            return list(connection.execute(select(calls.c.call).where(*where)).scalars())

    def reserved_for(self, call: int) -> Nanodollars:
        """Give the most a question may cost, as it was written down."""
        with self._read.connect() as connection:
            query = select(calls.c.reserved).where(calls.c.call == call)
            return int(connection.execute(query).scalar_one())

    def spent(self, *, run: str | None = None, since: datetime | None = None) -> Nanodollars:
        """Add up prices, open questions at their highest."""
        where = calls.c.run == run if run is not None else calls.c.at >= since
        with self._read.connect() as connection:
            return _spent(connection, where)

    def log(self, *, abouts: Collection[str] | None = None) -> Iterator[ModelCall]:
        """Give all questions, newest first.

        Args:
            abouts: Only those about one of these articles or issues.
        """
        newest: int | None = None
        while True:
            rows = self._some(newest, abouts)
            yield from map(_call, rows)
            if len(rows) < AT_ONCE:
                return
            newest = rows[-1].call

    def _some(self, before: int | None, abouts: Collection[str] | None) -> Sequence[Row[Any]]:
        query = select(calls).order_by(calls.c.call.desc()).limit(AT_ONCE)
        if before is not None:
            query = query.where(calls.c.call < before)
        if abouts is not None:
            query = query.where(calls.c.about.in_(abouts))
        with self._read.connect() as connection:
            return connection.execute(query).all()


def month_of(at: datetime) -> datetime:
    """Give the moment a calendar month began, UTC."""
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def unpacked(question: bytes) -> dict[str, str]:
    """Read a kept question.

    Raises:
        ValueError: It is none.
    """
    try:
        found = json.loads(
            zstandard.ZstdDecompressor().stream_reader(question).read(MOST_QUESTION).decode("utf-8")
        )
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error
    if not isinstance(found, dict) or {type(found.get(name)) for name in ("system", "user")} != {str}:
        raise ValueError("expected a question")
    return found


def _packed(request: ModelRequest) -> bytes:
    question = json.dumps({"system": request.system, "user": request.user}, ensure_ascii=False)
    # Half a character, as a broken page may have it, cannot be UTF-8.
    return zstandard.ZstdCompressor(level=COMPRESSION_LEVEL).compress(question.encode("utf-8", "replace"))


def _spent(connection: Connection, where: Any) -> Nanodollars:
    return int(
        connection.execute(select(func.coalesce(func.sum(calls.c.price), 0)).where(where)).scalar_one()
    )


def _insert(connection: Connection, asked: Asked) -> int:
    query = calls.insert().values(**_values(asked)).returning(calls.c.call)
    return int(connection.execute(query).scalar_one())


def _values(asked: Asked) -> dict[str, Any]:
    return {
        "key": asked.request.key,
        "model_id": asked.model_id,
        "purpose": asked.purpose,
        "about": asked.about,
        "prompt": asked.prompt,
        "question": _packed(asked.request),
        "reserved": asked.reserved,
        "price": asked.reserved,
        "state": "asked",
        "batch": asked.batch,
        "run": asked.run,
        "at": asked.at,
    }


def _call(row: Row[Any]) -> ModelCall:
    question = unpacked(row.question)
    return ModelCall(
        call=row.call,
        key=row.key,
        model_id=row.model_id,
        purpose=row.purpose,
        about=row.about,
        prompt=row.prompt,
        system=question["system"],
        user=question["user"],
        answer=row.answer,
        answered_by=row.answered_by,
        finish_reason=row.finish,
        usage=Usage(row.input_tokens, row.output_tokens),
        price=row.price,
        state=row.state,
        problem=row.problem,
        batch=row.batch,
        at=row.at,
    )
