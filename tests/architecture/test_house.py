"""The rules of the house that no linter checks."""

import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parent.parent.parent
LAYERS = ["accounts", "vouchers", "matching", "integrations"]
MOST_LINES = 400


def tracked(*patterns: str) -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / line for line in listing.stdout.splitlines() if (ROOT / line).is_file()]


def test_foreign_keys_point_down():
    for label in LAYERS:
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.get_fields():
                if isinstance(field, models.ForeignKey | models.ManyToManyField) and not field.auto_created:
                    target = field.related_model._meta.app_label
                    if target in LAYERS:
                        assert LAYERS.index(target) <= LAYERS.index(label), f"{model.__name__}.{field.name} → {target}"


def test_no_file_holds_two_things():
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked("*.py")
        if "migrations" not in path.parts and (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert too_long == {}


@pytest.mark.parametrize("name", ["common", "utils", "core", "helpers", "misc"])
def test_no_drawer_for_everything(name: str):
    found = [path for path in tracked("*.py") if path.stem == name or name in path.relative_to(ROOT).parts]
    assert found == []


def test_every_list_a_person_sees_is_scoped():
    """Admin classes of models that belong to a client go through the scoping mixin."""
    from django.contrib import admin

    from accounts.admin import ScopedAdmin

    for model, model_admin in admin.site._registry.items():
        if model._meta.app_label in LAYERS and model.__name__ not in {"User"}:
            assert isinstance(model_admin, ScopedAdmin), model.__name__


def test_nobody_can_schedule_any_callable_from_the_admin():
    from django.contrib import admin
    from django_q.models import OrmQ, Schedule

    assert not admin.site.is_registered(Schedule)
    assert not admin.site.is_registered(OrmQ)
