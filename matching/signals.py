"""What others may want to know of matching."""

from django.dispatch import Signal

# A run of the engine over a client has been written. Arguments: ``client``.
matching_finished = Signal()
