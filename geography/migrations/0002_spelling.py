import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("geography", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Spelling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=400, verbose_name="écriture")),
                ("is_whole", models.BooleanField(verbose_name="nom entier")),
                ("population", models.PositiveIntegerField()),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="spellings",
                        to="geography.area",
                        verbose_name="commune",
                    ),
                ),
            ],
            options={"verbose_name": "écriture", "ordering": ["text"]},
        ),
        migrations.AddIndex(
            model_name="spelling",
            index=models.Index(
                fields=["text", "is_whole", "population", "area"],
                name="spelling_order",
                opclasses=["varchar_pattern_ops", "bool_ops", "int4_ops", "int8_ops"],
            ),
        ),
    ]
