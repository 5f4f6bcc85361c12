"""The one alert of a message stands among its alerts now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("bot", "0008_alerts_of_messages")]
    operations = [migrations.RemoveField(model_name="outgoingmessage", name="alert")]
