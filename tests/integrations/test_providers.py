"""What every provider must have, so that adding one leaves nothing out."""

import pytest
from django.template.loader import get_template

from integrations.models import Provider, Reason
from integrations.portal import key_words
from integrations.portal.forms import FORMS
from integrations.services.providers import DOORS
from integrations.words import WORDS

COMMON = (Reason.KEY_REJECTED, Reason.PERMISSION_MISSING, Reason.ORGANIZATION_CHANGED, Reason.UNREACHABLE)


@pytest.mark.parametrize("provider", Provider)
def test_nothing_is_left_out(provider: Provider) -> None:
    assert provider in DOORS
    assert provider in FORMS
    assert provider in key_words.PROBLEMS
    get_template(f"portal/key_{provider}.html")
    expected = (*COMMON, Reason.KEY_EXPIRED) if DOORS[provider].keys_end else COMMON
    assert set(WORDS[provider].failures) >= set(expected)
    assert set(WORDS[provider].fetch_problems) == set(WORDS[Provider.LEXWARE].fetch_problems)


@pytest.mark.parametrize("provider", Provider)
def test_nobody_reads_the_name_of_another_provider(provider: Provider) -> None:
    words = WORDS[provider]
    others = [other.label for other in Provider if other != provider]
    said = [*words.failures.values(), *words.left_out.values(), *words.fetch_problems.values(), words.unknown_left_out]
    texts = [str(text) for one in said for text in (one.title, one.what, one.next, one.staff)]
    texts += [str(text) for text in key_words.PROBLEMS[provider].values()]
    texts += [str(key_words.problem(reason, provider)) for reason in Reason]
    assert [text for text in texts if any(other in text for other in others)] == []
