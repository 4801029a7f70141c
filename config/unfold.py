"""How the admin looks: the settings of the Unfold theme."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


def _needs(permission: str) -> Callable[[HttpRequest], bool]:
    """Show an entry to those who may open it."""

    def allowed(request: HttpRequest) -> bool:
        return bool(request.user.has_perm(permission))

    return allowed


def _entry(title: str | Promise, icon: str, address: str, permission: str = "") -> dict[str, Any]:
    entry: dict[str, Any] = {"title": title, "icon": icon, "link": reverse_lazy(address)}
    return {**entry, "permission": _needs(permission)} if permission else entry


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Kontor",
    "SITE_HEADER": "Kontor",
    "SITE_SYMBOL": "account_balance",
    "SITE_URL": reverse_lazy("admin:index"),
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "config.dashboard.start_page",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("kontor/mark.svg")},
    ],
    "STYLES": [lambda request: static("kontor/admin.css")],
    # Colour means state only: what the theme would paint in its own colour is grey or a sober blue here.
    "COLORS": {
        "primary": {
            "50": "oklch(97% .014 254.604)",
            "100": "oklch(93.2% .032 255.585)",
            "200": "oklch(88.2% .059 254.128)",
            "300": "oklch(80.9% .105 251.813)",
            "400": "oklch(70.7% .13 254.624)",
            "500": "oklch(62.3% .15 259.815)",
            "600": "oklch(48% .13 262)",
            "700": "oklch(42% .12 264)",
            "800": "oklch(36% .1 265)",
            "900": "oklch(32% .09 265)",
            "950": "oklch(24% .07 267)",
        },
    },
    # Ctrl+K finds documents by number, name or amount.
    "COMMAND": {"search_callback": "integrations.admin.finding.palette"},
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {
                "title": _("Work"),
                "items": [
                    _entry(_("Start"), "home", "admin:index"),
                    _entry(_("Review"), "rule", "admin:review", "matching.view_proposal"),
                    _entry(
                        _("Support requests"),
                        "support_agent",
                        "admin:integrations_supportrequest_changelist",
                        "integrations.view_supportrequest",
                    ),
                    _entry(
                        _("Questions to clients"),
                        "contact_support",
                        "admin:integrations_clientquestion_changelist",
                        "integrations.view_clientquestion",
                    ),
                ],
            },
            {
                "title": _("Clients"),
                "items": [
                    _entry(_("Clients"), "domain", "admin:accounts_client_changelist", "accounts.view_client"),
                    _entry(
                        _("Connections"),
                        "link",
                        "admin:integrations_connection_changelist",
                        "integrations.view_connection",
                    ),
                    _entry(_("Find a document"), "search", "admin:find", "integrations.view_connection"),
                    _entry(_("Fetches"), "sync", "admin:integrations_syncrun_changelist", "integrations.view_syncrun"),
                ],
            },
            {
                "title": _("Documents and bank"),
                "items": [
                    _entry(_("Vouchers"), "receipt_long", "admin:vouchers_voucher_changelist", "vouchers.view_voucher"),
                    _entry(
                        _("Bank transactions"),
                        "payments",
                        "admin:matching_transaction_changelist",
                        "matching.view_transaction",
                    ),
                    _entry(
                        _("External transactions"),
                        "wallet",
                        "admin:matching_externalpayment_changelist",
                        "matching.view_externalpayment",
                    ),
                    _entry(
                        _("Own transfers"),
                        "sync_alt",
                        "admin:matching_owntransfer_changelist",
                        "matching.view_owntransfer",
                    ),
                    _entry(
                        _("Bank accounts"),
                        "account_balance_wallet",
                        "admin:matching_bankaccount_changelist",
                        "matching.view_bankaccount",
                    ),
                    _entry(
                        _("Bank statements"),
                        "upload_file",
                        "admin:integrations_statementfile_changelist",
                        "integrations.view_statementfile",
                    ),
                    _entry(
                        _("Payout reports"),
                        "receipt_long",
                        "admin:matching_payoutreport_changelist",
                        "matching.view_payoutreport",
                    ),
                ],
            },
            {
                "title": _("Behind it"),
                "items": [
                    _entry(
                        _("Proposals"), "join_inner", "admin:matching_proposal_changelist", "matching.view_proposal"
                    ),
                    _entry(
                        _("Learned from decisions"),
                        "psychology",
                        "admin:matching_learnedfact_changelist",
                        "matching.view_learnedfact",
                    ),
                    _entry(
                        _("Rules for automatic matches"),
                        "tune",
                        "admin:matching_matchingpolicy_changelist",
                        "matching.view_matchingpolicy",
                    ),
                    _entry(
                        _("What would change?"),
                        "compare_arrows",
                        "admin:matching_comparison_changelist",
                        "matching.view_comparison",
                    ),
                    _entry(_("Decisions"), "gavel", "admin:matching_decision_changelist", "matching.view_decision"),
                    _entry(
                        _("Raw answers"),
                        "data_object",
                        "admin:vouchers_rawanswer_changelist",
                        "vouchers.view_rawanswer",
                    ),
                    _entry(
                        _("Exchange rates"),
                        "currency_exchange",
                        "admin:matching_referencerate_changelist",
                        "matching.view_referencerate",
                    ),
                    _entry(_("Is everything alive?"), "monitor_heart", "admin:system", "integrations.view_fetchworker"),
                    _entry(_("Mails"), "mail", "admin:accounts_mail_changelist", "accounts.view_mail"),
                    _entry(_("People"), "group", "admin:accounts_user_changelist", "accounts.view_user"),
                    _entry(_("Groups"), "shield_person", "admin:auth_group_changelist", "auth.view_group"),
                ],
            },
        ],
    },
}
