"""Everything that runs by the clock, on one page."""

from typing import Any

SCHEDULES: dict[str, dict[str, Any]] = {
    # Looks for connections whose time has come, each at its own stable minute in the morning, for runs whose worker
    # died, and for work that nobody was called for.
    "sync: start what is due": {
        "func": "integrations.tasks.start_due_syncs",
        "schedule_type": "I",
        "minutes": 1,
    },
    # Clears away files whose worker died while it wrote them.
    "sync: sweep unfinished files": {
        "func": "integrations.tasks.sweep_unfinished",
        "schedule_type": "I",
        "minutes": 10,
    },
    # Clears away whole files that nobody knows, and the memory of tasks that were given up long ago.
    "daily: tidy up": {
        "func": "integrations.tasks.tidy_up",
        "schedule_type": "D",
    },
    # Makes webhook subscriptions of new connections, and looks at each of the others once a day.
    "webhooks: check subscriptions": {
        "func": "integrations.tasks.start_due_subscription_checks",
        "schedule_type": "I",
        "minutes": 1,
    },
    # Follows webhook deliveries a second time, and those that no task has followed.
    "webhooks: follow what waits": {
        "func": "integrations.tasks.follow_waiting_hints",
        "schedule_type": "I",
        "minutes": 1,
    },
    # Removes webhook deliveries of long ago.
    "webhooks: forget old deliveries": {
        "func": "integrations.tasks.forget_old_deliveries",
        "schedule_type": "D",
    },
    # Drafts external transactions for days that have become complete without a line of their own.
    "external: draft what no account shows": {
        "func": "integrations.tasks.draft_external_payments",
        "schedule_type": "D",
    },
    # Removes calls of long ago from the log.
    "recorder: forget old calls": {
        "func": "integrations.tasks.forget_old_calls",
        "schedule_type": "D",
    },
    # Imports bank files that somebody, or a bank's program, has laid into the inbox.
    "bank files: import the inbox": {
        "func": "integrations.tasks.import_inbox",
        "schedule_type": "I",
        "minutes": 5,
    },
    # Reference rates of currencies, once a day; what failed is tried again with the next hour.
    "exchange rates: fetch what is due": {
        "func": "integrations.tasks.fetch_exchange_rates",
        "schedule_type": "I",
        "minutes": 60,
    },
    # Matching runs whose tasks got lost.
    "matching: send lost requests": {
        "func": "matching.tasks.send_lost_requests",
        "schedule_type": "I",
        "minutes": 5,
    },
    # Stores which days of the accounts are complete; pages judge what has changed since by themselves.
    "bank accounts: judge what is complete": {
        "func": "integrations.tasks.judge_accounts",
        "schedule_type": "I",
        "minutes": 10,
    },
    # Mails before an API key ends, once for each of the days before; what a mail server did not take goes out later.
    "keys: remind of their end": {
        "func": "integrations.tasks.remind_of_key_ends",
        "schedule_type": "I",
        "minutes": 30,
    },
    # Mails that no worker was called for, and those that the mail server did not take at once.
    "mails: send what waits": {
        "func": "accounts.tasks.send_mails",
        "schedule_type": "I",
        "minutes": 1,
    },
    # Removes mails of long ago; their texts are gone as soon as they are sent.
    "mails: forget old ones": {
        "func": "accounts.tasks.forget_old_mails",
        "schedule_type": "D",
    },
    # Mails to support that the mail server did not take at once.
    "support: send what waits": {
        "func": "integrations.tasks.send_waiting_support_mails",
        "schedule_type": "I",
        "minutes": 5,
    },
}


def install(**_: Any) -> None:
    """Write the schedules into the database: new ones are added, gone ones removed, times brought up to date."""
    from django.db import connection
    from django_q.models import Schedule

    if Schedule._meta.db_table not in connection.introspection.table_names():
        return  # other apps are migrated first
    ours = Schedule.objects.filter(func__regex=r"^(accounts|integrations|matching)\.")
    known = {schedule.name: schedule for schedule in ours}
    new = [Schedule(name=name, repeats=-1, **options) for name, options in SCHEDULES.items() if name not in known]
    Schedule.objects.bulk_create(new)
    for name, options in SCHEDULES.items():
        wanted = {"repeats": -1, **options}
        if name in known and any(getattr(known[name], field) != value for field, value in wanted.items()):
            ours.filter(name=name).update(**wanted)
    if known.keys() - SCHEDULES.keys():
        ours.exclude(name__in=SCHEDULES).delete()
