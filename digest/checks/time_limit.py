"""A limit of time for work of this process itself, where another process would cost more than the work."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SHORTEST_S = 0.001
"""Of a timer that is set again; zero would stop it."""


class TimeIsUpError(BaseException):
    """The limit was reached. No Exception, so that nothing on the way takes it for a fault of its own."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt the block after so many seconds of the processor's time.

    What counts is the time this thread computes: a busy machine, on which the same work takes longer by the
    clock, gives the same outcome. It reaches Python code and regular expressions, not what a C library does
    in one call. Signals reach the main thread alone: in another one there is no limit.

    Raises:
        TimeIsUpError: in the block, once the time is up.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    began, began_all = time.thread_time(), time.process_time()

    def strike(number: int, frame: FrameType | None) -> None:
        # The timer counts what all threads compute.
        left_s = seconds - (time.thread_time() - began)
        if left_s <= 0:
            raise TimeIsUpError
        signal.setitimer(signal.ITIMER_PROF, max(left_s, SHORTEST_S))

    handler = signal.signal(signal.SIGPROF, strike)
    earlier_s, interval_s = signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, handler)
        if earlier_s:
            left_s = max(earlier_s - (time.process_time() - began_all), SHORTEST_S)
            signal.setitimer(signal.ITIMER_PROF, left_s, interval_s)
