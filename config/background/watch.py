"""What the queue's processes say of themselves, and what follows from it. Pure: lines and seconds in, a verdict out.

The queue has a known way to stand still for ever: its idle workers share one lock, and when the one that holds it is
killed, no other will ever get a task, although all of them live. Seen from outside: a task was taken from the queue, a
worker is free, and nobody begins. Workers that are busy, however long, are no reason to worry: a task has a time limit
of its own.

The lines: ``alive`` (the guard of the processes, twice a second), ``took ID`` (a task was taken from the queue),
``dropped ID`` (it could not be read), ``began PID ID NAME`` and ``ended PID`` (by a worker).
"""

from dataclasses import dataclass, field

# The guard also reads the schedule, which may have to wait for the database.
LONGEST_SILENCE = 90.0


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker does: the task's id in the queue, and its name."""

    task: str
    name: str


@dataclass(slots=True)
class Watch:
    """One life of the queue's processes. ``patience``: how long a task may wait for a free worker, in seconds."""

    workers: int
    patience: float
    started_at: float
    guarded: bool = False
    taken: dict[str, float] = field(default_factory=dict)
    working: dict[int, Work] = field(default_factory=dict)
    _alive_at: float = 0.0
    _moved_at: float = 0.0

    def hear(self, line: str, now: float) -> None:
        """Take note of a line; what is no line of ours is ignored."""
        match line.split():
            case ["alive"]:
                self.guarded = True
                self._alive_at = now
            case ["took", task]:
                self.taken[task] = now
            case ["dropped", task]:
                self.taken.pop(task, None)
            case ["began", pid, task, name] if pid.isdigit():
                self.taken.pop(task, None)
                self.working[int(pid)] = Work(task, name)
                self._moved_at = now
            case ["ended", pid] if pid.isdigit():
                self.working.pop(int(pid), None)
                self._moved_at = now

    def bury(self, pid: int, now: float) -> str:
        """A worker died at work; return the task that it leaves behind."""
        self._moved_at = now
        return self.working.pop(pid).task

    @property
    def unfinished(self) -> list[str]:
        """The tasks that were taken from the queue and have not ended."""
        return [*self.taken, *(work.task for work in self.working.values())]

    def at(self, name: str) -> list[int]:
        """The workers that do a task of this name."""
        return [pid for pid, work in self.working.items() if work.name == name]

    def trouble(self, now: float) -> str:
        """Why these processes must be replaced; empty where all is well."""
        if now - max(self._alive_at, self.started_at) > LONGEST_SILENCE:
            return "the guard of the workers has been silent"
        if self.taken and len(self.working) < self.workers:
            since = max(min(self.taken.values()), self._moved_at)
            if now - since > self.patience:
                return "a task waits, a worker is free, and nobody begins"
        return ""
