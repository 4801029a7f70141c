"""Everything that runs by the clock, on one page."""

from typing import Any

SCHEDULES = {
    # Looks for connections whose time has come; each has its own stable minute in the morning.
    "sync: start what is due": {
        "func": "integrations.tasks.start_due_syncs",
        "schedule_type": "I",
        "minutes": 1,
    },
    # Releases runs whose worker died.
    "sync: release dead runs": {
        "func": "integrations.tasks.release_dead_runs",
        "schedule_type": "I",
        "minutes": 10,
    },
    # Mails that the mail server did not take at once.
    "support: send what waits": {
        "func": "integrations.tasks.send_waiting_support_mails",
        "schedule_type": "I",
        "minutes": 5,
    },
}


def install(**_: Any) -> None:
    """Write the schedules into the database: new ones are added, gone ones removed, times brought up to date."""
    from django_q.models import Schedule

    for name, options in SCHEDULES.items():
        Schedule.objects.update_or_create(name=name, defaults={"repeats": -1, **options})
    Schedule.objects.filter(func__startswith="integrations.").exclude(name__in=SCHEDULES).delete()
