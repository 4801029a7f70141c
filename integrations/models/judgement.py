"""What was found out about the completeness of an account, kept so that it need not be found out again."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.models import BankAccount


class AccountJudgement(models.Model):
    """The last judgement of an account's days. It holds as long as ``stamp`` is that of what there is to judge."""

    account = models.OneToOneField(
        BankAccount, on_delete=models.CASCADE, related_name="judgement", verbose_name=_("account")
    )
    stamp = models.CharField(_("judged by"), max_length=64)
    # Whether statements share days, so that the lines themselves are compared as well.
    overlaps = models.BooleanField(_("statements share days"), default=False)
    coverage = models.JSONField(_("what is complete"))
    judged_at = models.DateTimeField(_("judged"), default=timezone.now)

    class Meta:
        verbose_name = _("judgement of an account")
        verbose_name_plural = _("judgements of accounts")

    def __str__(self) -> str:
        return str(self.account_id)
