"""How states of proposals and comparisons and reasons of decisions look, in templates."""

from django import template

from matching.comparison_words import comparison_state
from matching.decision_words import decision_words
from matching.proposal_state import proposal_state
from matching.unmatched_words import why_words

register = template.Library()
register.simple_tag(proposal_state, name="proposal_state")
register.simple_tag(comparison_state, name="comparison_state")
register.filter("decision_words", decision_words)
register.filter("why_words", why_words)
