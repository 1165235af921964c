"""`manage.py load_example`."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from annotation.domain.example import (
    Account,
    example_accounts,
    load_example_study,
    load_simulated_example,
    renew_passwords,
    start_example_judge,
)
from annotation.domain.snapshot import take_snapshot
from annotation.queries.snapshot import newest_snapshot


class Command(BaseCommand):
    help = (
        "Load the example study with a manager, a researcher and two raters, and queue its texts; beside it "
        "a closed study with simulated ratings, of which a small model judges some texts. "
        "Names and passwords are kept in DATA_DIR/demo_accounts.json. Safe to run again: nothing is doubled."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.description = self.help

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IN_PRODUCTION:
            raise CommandError("The example's accounts are for trying out; they have no place in production.")
        path = settings.DATA_DIR / "demo_accounts.json"
        known = _read_passwords(path)
        accounts = example_accounts(known)
        _write_accounts(path, accounts)
        # In lists the newest comes first: the study that can be worked in, then the one to look at.
        simulated = load_simulated_example(accounts)
        studies = [simulated, load_example_study(accounts)]
        start_example_judge(simulated)
        # Whoever opens its scores finds them finished, before a worker has been asked.
        if newest_snapshot(simulated) is None:
            take_snapshot(simulated)
        # Without its file nobody knows an account's password: it gets the one that was just written down.
        renew_passwords([account for account in accounts if account.email not in known])
        for study in studies:
            n_posts, n_items = study.posts.posts.count(), study.items.count()
            self.stdout.write(f"{study.name}: {n_posts} posts, {n_items} items.")


def _read_passwords(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    return {account["email"]: account["password"] for account in json.loads(path.read_text())}


def _write_accounts(path: Path, accounts: list[Account]) -> None:
    """Write before the accounts exist, so that no account has a password that nobody knows."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump([account.__dict__ for account in accounts], file, indent=1)
    draft.replace(path)
