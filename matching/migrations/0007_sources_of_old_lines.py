"""Transactions that came before sources were kept get one: what they say is what it said."""

from django.db import migrations

FILL = """
    INSERT INTO matching_sighting
        (transaction_id, account_id, family, rank, key, delivery, place, said, raw, seen_at)
    SELECT line.id, line.account_id,
           CASE WHEN line.source = 'feed' THEN 'feed' ELSE 'camt.053' END,
           CASE WHEN line.source = 'feed' THEN 3 ELSE 1 END,
           line.key, '', '', '{}', '', line.created_at
    FROM matching_transaction line
    WHERE line.account_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM matching_sighting known WHERE known.transaction_id = line.id)
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FILL)


class Migration(migrations.Migration):

    dependencies = [
        ('matching', '0006_iban_at_one_client'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
