"""A limit of time for work of this process itself, where another process would cost more than the work."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TimeIsUpError(BaseException):
    """The limit was reached. No Exception, so that nothing on the way takes it for a fault of its own."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt the block after so many seconds.

    It reaches Python code and regular expressions, not what a C library does in one call. Signals reach the
    main thread alone: in another one there is no limit.

    Raises:
        TimeIsUpError: in the block, once the time is up.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def strike(number: int, frame: FrameType | None) -> None:
        raise TimeIsUpError

    started = time.monotonic()
    handler = signal.signal(signal.SIGALRM, strike)
    earlier_s, interval_s = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if earlier_s:
            left_s = max(earlier_s - (time.monotonic() - started), 0.001)
            signal.setitimer(signal.ITIMER_REAL, left_s, interval_s)
