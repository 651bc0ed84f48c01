"""Whose turn it is to ask: so many questions at once, so many a minute, and the pauses a provider asks for.

Own, because a leaky bucket (aiolimiter) lets nearly twice its rate start within the first minute, which is
what providers count, and knows no pauses.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

MINUTE_S = 60.0
"""Providers count the questions of any minute."""

CLOCK_S = 0.01
"""How much earlier than due a wait may end."""


@dataclass(frozen=True)
class Clock:
    """Time, and waiting; tests have their own."""

    now: Callable[[], datetime]
    """Aware, UTC: what the archive is told."""
    monotonic: Callable[[], float] = time.monotonic
    """Seconds."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class Pace:
    """The rate of one provider. Belongs to the event loop of its first question."""

    def __init__(self, clock: Clock, *, at_once: int, per_minute: int) -> None:
        self.slots = asyncio.Semaphore(at_once)
        """One is held from a question's first try to its last."""
        self._clock = clock
        self._starts: deque[float] = deque(maxlen=per_minute)
        self._paused_until = 0.0
        # Those who wait are let through in the order they came.
        self._gate = asyncio.Lock()

    async def turn(self, *, until: float) -> bool:
        """Wait for the moment when another question may be sent.

        Args:
            until: The last such moment that is of use, by the clock's `monotonic`.

        Returns:
            Whether it has come; at once if it will not by then.
        """
        async with self._gate:
            while (wait_s := self._wait_s()) > 0:
                if self._clock.monotonic() + wait_s > until:
                    return False
                await self._clock.sleep(wait_s)
            self._starts.append(self._clock.monotonic())
            return True

    def pause(self, seconds: float) -> None:
        """Have everybody wait: the provider's limit is one for all questions."""
        self._paused_until = max(self._paused_until, self._clock.monotonic() + seconds)

    def _wait_s(self) -> float:
        now, due = self._clock.monotonic(), self._paused_until
        if len(self._starts) == self._starts.maxlen:
            due = max(due, self._starts[0] + MINUTE_S)
        return due - now if due - now > CLOCK_S else 0.0
