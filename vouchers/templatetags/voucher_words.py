"""The provider's words in templates."""

from django import template

from vouchers.words import payment_words, withdrawn_words

register = template.Library()
register.filter("payment_words", payment_words)
register.filter("withdrawn_words", withdrawn_words)
