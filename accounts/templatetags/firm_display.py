"""Amounts, probabilities and states in templates."""

from django import template

from accounts import display

register = template.Library()
register.filter("money", display.money)
register.filter("percent", display.percent)
register.filter("share", display.share)
register.simple_tag(display.state, name="state")
