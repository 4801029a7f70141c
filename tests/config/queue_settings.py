"""The real settings with a time limit of seconds, in the same proportion, for tests that wait for it."""

from config.settings import *  # noqa: F403
from config.settings import Q_CLUSTER

Q_CLUSTER = {**Q_CLUSTER, "timeout": 3, "retry": 7}
