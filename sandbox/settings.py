"""The switches of the control interface; the defaults are what was measured on the real service."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from sandbox.limiter import RATE


def _switch(default: Any, about: str, *choices: str) -> Any:
    return field(default=default, metadata={"about": about, "choices": choices})


@dataclass(slots=True)
class Settings:
    """What can be switched while the sandbox runs; ``about()`` says what each setting means."""

    latency_ms: int = _switch(0, "delay of every call")
    rate_per_second: float = _switch(RATE, "calls a second that an organization may make; the service may change it")
    limit_answer: str = _switch(
        "429",
        "how a refused call looks: 429, or its disguises 500 and 500_null",
        "429",
        "500",
        "500_null",
    )
    retry_after: int = _switch(0, "seconds in the Retry-After header of a refused call; 0 sends none, as measured")
    unknown_route: str = _switch("404", "404, or 403: the documented answer, which repeats the key", "404", "403")
    documented_nulls: bool = _switch(False, "print absent fields of rows, vouchers and payments as null, as documented")
    open_amount_as_string: bool = _switch(False, "print openAmount of payments as text, as one documented sample does")
    amounts_as_strings: bool = _switch(False, "print every amount as text")
    unknown_fields: bool = _switch(False, "put a field that nobody knows into every object of lists and documents")
    unknown_status: float = _switch(0.0, "share of the documents (0 to 1) in a status that nobody knows")
    unknown_type: float = _switch(0.0, "share of the documents (0 to 1) of a voucherType that nobody knows")
    unknown_payment_type: float = _switch(0.0, "share of the payments (0 to 1) of a type that nobody knows")
    read_delay_ms: int = _switch(0, "how long reads show the old state after a change, in real time")
    files_accept_json: bool = _switch(False, "let Accept: application/json download the original, as recorded in 2023")
    vouchers_legacy_404: bool = _switch(False, "answer unknown vouchers and files with the older error body")
    webhooks: str = _switch(
        "deliver", "deliver events, hold them back (nothing is sent), or off: forget them", "deliver", "hold", "off"
    )
    webhook_disorder: bool = _switch(True, "send events after up to 2 s, in any order, and now and then twice")
    webhook_timeout_ms: int = _switch(5_000, "how long a receiver may take, in real time")
    allow_http_callbacks: bool = _switch(True, "accept callback addresses without TLS, unlike the service")
    check_callbacks: bool = _switch(True, "send a HEAD to a callback address before a subscription is made")


def about() -> dict[str, str]:
    """Return what each setting means."""
    return {item.name: item.metadata["about"] for item in fields(Settings)}


def choices() -> dict[str, tuple[str, ...]]:
    """Return the settings that take one of a few texts, with these texts."""
    return {item.name: item.metadata["choices"] for item in fields(Settings) if item.metadata["choices"]}
