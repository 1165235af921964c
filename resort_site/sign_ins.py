"""The demo's accounts as a person reads them; the file that holds them is made with the example study."""

import json
from pathlib import Path

COLUMNS = ("role", "name", "email", "password")


def sign_in_lines(data_dir: Path) -> list[str]:
    """Return one aligned line an account, under one line of headings."""
    accounts = json.loads((data_dir / "demo_accounts.json").read_text())
    rows = [COLUMNS, *(tuple(account[column] for column in COLUMNS) for account in accounts)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    return [
        "  ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
