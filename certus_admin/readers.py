"""Who a long answer is sent to: still there, and reading.

A server notices that a reader has gone when it writes, which a statement may not let it do for a minute.
"""

import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# A reader that takes none of a chunk for so long has fallen asleep: it would hold a connection for ever.
SECONDS_ASLEEP = 60
# Where the kernel does not tell it (macOS), a reader that left is noticed at the next write.
LEFT = getattr(select, "POLLRDHUP", 0)


@contextmanager
def while_reading(reader: socket.socket | None, leave: Callable[[], None]) -> Iterator[None]:
    """Call `leave` from another thread when `reader` hangs up before the end of the block.

    Gives the socket a time limit for each write as well. Without a socket nothing is watched.
    """
    if reader is None:
        yield
        return
    reader.settimeout(SECONDS_ASLEEP)
    ended, end = socket.socketpair()
    watch = threading.Thread(target=_watch, args=(reader, ended, leave), name="reader", daemon=True)
    watch.start()
    try:
        yield
    finally:
        end.close()
        watch.join()
        ended.close()


def _watch(reader: socket.socket, ended: socket.socket, leave: Callable[[], None]) -> None:
    poll = select.poll()
    poll.register(reader, LEFT)
    poll.register(ended, select.POLLIN)
    if ended.fileno() not in dict(poll.poll()):
        leave()
