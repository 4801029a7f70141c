"""What a call asks for, as far as it changes what a refusal means."""

from enum import Enum


class Purpose(Enum):
    """The kinds of calls whose refusals are read differently."""

    RECORD = "record"
    PAYMENTS = "payments"
    FILE = "file"
    SUBSCRIPTION = "subscription"
