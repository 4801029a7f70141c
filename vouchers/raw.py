"""What a provider said, word for word, every version."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, QuerySet

from accounts.models import Client
from vouchers.locks import lock
from vouchers.models import RawAnswer


def keep(client: Client, provider: str, kind: str, external_id: str, body: str) -> bool:
    """Keep an answer unless it says what the newest version says; True when a new version was written."""
    return keep_version(client, provider, kind, external_id, body)[1]


def keep_version(client: Client, provider: str, kind: str, external_id: str, body: str) -> tuple[int, bool]:
    """Keep an answer unless it says what the newest version says; the number of its version, and whether it is new."""
    with transaction.atomic(savepoint=False):
        lock(client.pk)
        newest = versions(client, provider, kind, external_id).first()
        if newest and _same(newest, body):
            return newest.version, False
        version = newest.version + 1 if newest else 1
        RawAnswer.objects.create(
            client=client,
            provider=provider,
            kind=kind,
            external_id=external_id,
            version=version,
            sha256=_sha256(body),
            body=body,
        )
    return version, True


def keep_many(client: Client, provider: str, kind: str, bodies: Mapping[str, str]) -> set[str]:
    """Keep answers of one kind, ``bodies`` by external id; the ids that got a new version."""
    if not _news(_newest(client, provider, kind, bodies), bodies):
        return set()
    with transaction.atomic():
        lock(client.pk)
        newest = _newest(client, provider, kind, bodies)
        news = _news(newest, bodies)
        RawAnswer.objects.bulk_create(
            RawAnswer(
                client=client,
                provider=provider,
                kind=kind,
                external_id=external_id,
                version=newest[external_id].version + 1 if external_id in newest else 1,
                sha256=_sha256(bodies[external_id]),
                body=bodies[external_id],
            )
            for external_id in news
        )
    return set(news)


def versions(client: Client, provider: str, kind: str, external_id: str) -> QuerySet[RawAnswer]:
    """Every version of one answer, newest first."""
    return RawAnswer.objects.filter(client=client, provider=provider, kind=kind, external_id=external_id).order_by(
        "-version"
    )


def _newest(client: Client, provider: str, kind: str, ids: Iterable[str]) -> dict[str, RawAnswer]:
    """The newest version of each, in one query for the versions and one for the rows."""
    known = RawAnswer.objects.filter(client=client, provider=provider, kind=kind, external_id__in=list(ids))
    newest = dict(known.values_list("external_id").annotate(Max("version")))
    rows = known.filter(version__in=set(newest.values()))
    return {row.external_id: row for row in rows if row.version == newest[row.external_id]}


def _news(newest: dict[str, RawAnswer], bodies: Mapping[str, str]) -> list[str]:
    return [
        external_id
        for external_id, body in bodies.items()
        if external_id not in newest or not _same(newest[external_id], body)
    ]


def _same(known: RawAnswer, body: str) -> bool:
    """Whether two answers say the same.

    The order of keys and the spelling of numbers (``100.0``, ``100.00``) change while the thing itself does not
    (reference: conventions 3.1, 3.4), so bytes alone do not decide.
    """
    return known.sha256 == _sha256(body) or _meaning(known.body) == _meaning(body)


def _sha256(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _meaning(body: str) -> object:
    try:
        return json.loads(body, parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        return body
