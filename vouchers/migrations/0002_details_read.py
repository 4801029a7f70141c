"""How far the details of a voucher have been read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vouchers", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="voucher",
            name="payments_read",
            field=models.BooleanField(default=False, editable=False, verbose_name="payments read"),
        ),
        migrations.AddField(
            model_name="voucher",
            name="document_read",
            field=models.BooleanField(default=False, editable=False, verbose_name="document read"),
        ),
        migrations.AddField(
            model_name="voucher",
            name="expected_files",
            field=models.JSONField(default=list, editable=False, verbose_name="ids of its files"),
        ),
    ]
