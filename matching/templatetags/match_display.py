"""How states of proposals look, in templates."""

from django import template

from matching.proposal_state import proposal_state

register = template.Library()
register.simple_tag(proposal_state, name="proposal_state")
