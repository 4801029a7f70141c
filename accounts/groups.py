"""The firm's groups and what each may do in the admin."""

from typing import Any

ACCOUNTANT = "Accountant"
SUPPORT = "Support"
PARTNER = "Partner"

# model → actions, as "app.model": "view change add delete"
_WORK = {
    "accounts.client": "view change",
    "accounts.taxyear": "view add change",
    "accounts.vatreturn": "view add change",
    "accounts.mail": "view",
    # "change" sends an invitation again, or withdraws it.
    "accounts.invitation": "view add change",
    # "add" looks at the portal as the client sees it: bank lines, too.
    "accounts.portalvisit": "view add",
    # "change" presses the buttons of the page: check now, fetch now.
    "integrations.connection": "view change",
    "integrations.connectionevent": "view",
    "integrations.syncrun": "view",
    "integrations.skippedrecord": "view",
    "integrations.callentry": "view",
    "integrations.voucherchange": "view",
    "integrations.seenvoucher": "view",
    "integrations.webhookdelivery": "view",
    # "change" settles what a client has answered.
    "integrations.clientquestion": "view add change",
    "integrations.statementfile": "view add",
    "vouchers.voucher": "view change",
    "vouchers.paymentitem": "view",
    "vouchers.voucherfile": "view",
    "vouchers.rawanswer": "view",
    "vouchers.contact": "view",
    # "change" decides requests, and says what is closed, private or taken over.
    "matching.bankaccount": "view change",
    "matching.owntransfer": "view change",
    "matching.transaction": "view",
    "matching.referencerate": "view",
    "matching.ratefetch": "view",
    "matching.externalpayment": "view add change",
    "matching.payoutreport": "view",
    # The firm's own rule is changed by partners only.
    "matching.matchingpolicy": "view add change",
    "matching.policychange": "view",
    "matching.comparison": "view add change",
    # "change" revokes what was learned from decisions.
    "matching.learnedfact": "view change",
    "matching.proposal": "view change",
    "matching.allocation": "view",
    "matching.decision": "view",
}
PERMISSIONS: dict[str, dict[str, str]] = {
    ACCOUNTANT: _WORK,
    SUPPORT: {
        # Whoever helps with a connection sees what was fetched, but neither bank lines nor matches.
        "accounts.client": "view",
        "accounts.user": "view",
        "accounts.mail": "view",
        # Not "add": whoever could invite anybody to any client could also invite themselves.
        "accounts.invitation": "view change",
        "accounts.portalvisit": "view",
        "integrations.connection": "view change",
        "integrations.connectionevent": "view",
        "integrations.syncrun": "view",
        "integrations.skippedrecord": "view",
        "integrations.callentry": "view",
        "integrations.voucherchange": "view",
        "integrations.seenvoucher": "view",
        "integrations.webhookdelivery": "view",
        "integrations.fetchworker": "view",
        "integrations.supportrequest": "view change",
        "vouchers.voucher": "view",
        "vouchers.paymentitem": "view",
        "vouchers.rawanswer": "view",
    },
    PARTNER: {
        **_WORK,
        "accounts.client": "view add change",
        # A rule of the firm is compared and applied by who may set it.
        "matching.firmcomparison": "view add change",
        "accounts.membership": "view add change delete",
        "accounts.user": "view add change",
        "integrations.connection": "view change",
        "integrations.fetchworker": "view",
        "integrations.supportrequest": "view change",
    },
}


def install(**_: Any) -> None:
    """Make the groups and give them exactly these permissions; safe to repeat."""
    from django.contrib.auth.models import Group, Permission

    known = {(p.content_type.app_label, p.codename): p for p in Permission.objects.select_related("content_type").all()}
    for name, table in PERMISSIONS.items():
        group, _created = Group.objects.get_or_create(name=name)
        wanted = []
        for label, actions in table.items():
            app, model = label.split(".")
            # Apps are migrated one after the other: what is not there yet comes with a later signal.
            wanted += [known[app, f"{a}_{model}"] for a in actions.split() if (app, f"{a}_{model}") in known]
        group.permissions.set(wanted)
