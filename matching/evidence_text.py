"""Sentences for the engine's evidence, in the language of the reader."""

from typing import Any, TypedDict

from matching.models import Proposal


class Reason(TypedDict):
    """One reason as people read it."""

    code: str
    text: str
    supports: bool


def sentence(evidence: dict[str, Any]) -> str:
    """A plain sentence for one stored piece of evidence; readable also where the code is not known."""
    raise NotImplementedError


def reasons(proposal: Proposal) -> list[Reason]:
    """All reasons of a proposal, the weightiest first within for and against."""
    raise NotImplementedError
