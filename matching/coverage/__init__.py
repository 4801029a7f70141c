"""Which days of an account are known for certain: pure, from what was delivered to what is missing."""

from matching.coverage.judge import coverage, known
from matching.coverage.shapes import Coverage, Delivered, Finding, Kind, Look, Span, covers

__all__ = ["Coverage", "Delivered", "Finding", "Kind", "Look", "Span", "coverage", "covers", "known"]
