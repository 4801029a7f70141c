"""What runs by the clock is in the database after every migration."""

from importlib import import_module

import pytest
from django.core.management import call_command
from django_q.models import Schedule

from config.schedules import SCHEDULES, install

pytestmark = pytest.mark.django_db


def test_a_migration_installs_them() -> None:
    Schedule.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert set(Schedule.objects.values_list("name", flat=True)) == set(SCHEDULES)
    assert set(Schedule.objects.values_list("repeats", flat=True)) == {-1}


def test_what_changed_is_brought_up_to_date_and_the_rest_left_alone() -> None:
    install()
    changed, *_, gone = Schedule.objects.order_by("pk")
    Schedule.objects.filter(pk=changed.pk).update(minutes=77, repeats=3)
    Schedule.objects.filter(pk=gone.pk).update(name="something of long ago")
    other = Schedule.objects.create(name="not ours", func="somebody.else", schedule_type="D")
    before = dict(Schedule.objects.values_list("pk", "next_run"))
    install()
    changed.refresh_from_db()
    assert (changed.minutes, changed.repeats) == (SCHEDULES[changed.name or ""]["minutes"], -1)
    assert set(Schedule.objects.exclude(pk=other.pk).values_list("name", flat=True)) == set(SCHEDULES)
    assert Schedule.objects.get(pk=changed.pk).next_run == before[changed.pk]
    assert Schedule.objects.filter(pk=other.pk).exists()


@pytest.mark.parametrize("name", SCHEDULES)
def test_each_names_a_task_of_ours(name: str) -> None:
    module, _, task = SCHEDULES[name]["func"].rpartition(".")
    assert module in ("accounts.tasks", "integrations.tasks", "matching.tasks")
    assert callable(getattr(import_module(module), task))
