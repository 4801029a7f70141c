"""Child processes that never outlive their parent."""

import ctypes
import signal
import sys


def die_with_parent(by: signal.Signals = signal.SIGTERM) -> None:
    """Ask Linux to send this process a signal when its parent dies, even by SIGKILL; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, by)  # PR_SET_PDEATHSIG
