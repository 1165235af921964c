"""`manage.py demo`."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from resort_site.demo import run_demo
from resort_site.preflight import StartError


class Command(BaseCommand):
    help = (
        "Start the whole site on this machine with the example study: embedded Redis, web, workers and "
        "scheduler, at HOST and PORT, with everything kept in DATA_DIR. Safe to run again: the data stay. "
        "Ctrl-C stops it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IN_PRODUCTION:
            raise CommandError("The demo has known accounts and no HTTPS; unset SITE_MODE=production.")
        os.umask(0o077)  # ratings, passwords and logs are this user's alone
        try:
            run_demo(self.report)
        except StartError as error:
            raise CommandError(str(error)) from error

    def report(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
