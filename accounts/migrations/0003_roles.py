from django.db import migrations

NAMES = ["administration", "rédaction", "instruction", "observation"]


def create_groups(apps, schema_editor):
    """The groups alone: their permissions are not written yet (``manage.py roles``)."""
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    for name in NAMES:
        groups.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_sign_in"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(create_groups, migrations.RunPython.noop)]
