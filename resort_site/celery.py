"""The Celery application; its settings are the CELERY_ ones of settings.py."""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resort_site.settings")

app = Celery("resort_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_django_logging(**kwargs: object) -> None:
    """Leave logging as Django's settings made it: a connected receiver stops Celery from adding its own."""
