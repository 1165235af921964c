"""`manage.py doctor`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from resort_site.diagnosis import diagnose


class Command(BaseCommand):
    help = (
        "Say what works on this machine: database, Redis, workers, model, GPU. Changes nothing; exits with 1 "
        "when a part does not work. Uses the same environment as the site: DATA_DIR, DATABASE_URL, REDIS_URL."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        failing = []
        for finding in diagnose():
            mark = "ok" if finding.is_well else "--"
            self.stdout.write(f"{mark}  {finding.part:<15} {finding.detail}")
            if not finding.is_well:
                failing.append(finding.part)
        if failing:
            raise CommandError(f"Not working: {', '.join(failing)}.")
