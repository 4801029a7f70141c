"""What could not be read in a bank file, in the reader's language."""

from typing import Any

from django import template

from integrations.services.statements import problem_words

register = template.Library()


@register.filter("problem_words")
def words(problems: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Place and sentence of each stored problem."""
    return [problem_words(problem) for problem in problems]
