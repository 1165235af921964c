"""Settings come from the environment, so each test loads them in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

PRODUCTION = {
    "SITE_MODE": "production",
    "SECRET_KEY": "k3y-" * 20 + "0123456789",
    "ALLOWED_HOSTS": "studies.example.org",
    "CSRF_TRUSTED_ORIGINS": "https://studies.example.org",
    "DATABASE_URL": "postgresql://localhost/resort",
    "REDIS_URL": "redis://localhost:6379/0",
}


def load_settings(
    data_dir: Path, environment: dict[str, str], expression: str = "settings.SITE_MODE"
) -> subprocess.CompletedProcess[str]:
    """Run manage.py with only this environment and print a setting."""
    return subprocess.run(
        [
            sys.executable,
            "manage.py",
            "shell",
            "--no-imports",
            "-c",
            f"from django.conf import settings; print({expression})",
        ],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", [name for name in PRODUCTION if name != "SITE_MODE"])
def test_production_does_not_start_without(name: str, tmp_path: Path) -> None:
    environment = {key: value for key, value in PRODUCTION.items() if key != name}

    run = load_settings(tmp_path, environment)

    assert (run.returncode, run.stderr) == (1, f"Production needs these in the environment: {name}.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({"PORT": "eighty"}, "PORT must be a number, not 'eighty'."),
        ({"PORT": "0"}, "PORT is 0; it must be between 1 and 65535."),
        ({"PORT": "65536"}, "PORT is 65536; it must be between 1 and 65535."),
        ({"SITE_MODE": "prod"}, "SITE_MODE is 'prod'; it must be demo, test or production."),
        (
            {"LOG_LEVEL": "loud"},
            "LOG_LEVEL is 'LOUD'; it must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL.",
        ),
        (
            {**PRODUCTION, "SECRET_KEY": "short"},
            "SECRET_KEY must have at least 50 characters, at least 5 of them different.",
        ),
        (
            {**PRODUCTION, "ALLOWED_HOSTS": "*"},
            "ALLOWED_HOSTS must name the site's hosts; '*' would accept any.",
        ),
        ({"DATA_DIR": "/dev/null/data"}, "DATA_DIR /dev/null/data cannot be written: Not a directory."),
    ],
)
def test_nonsense_stops_the_start_with_one_line(
    environment: dict[str, str], line: str, tmp_path: Path
) -> None:
    run = load_settings(tmp_path, environment)

    assert (run.returncode, run.stderr) == (1, f"{line}\n")


def test_data_folder_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "my study %41 #1 ?"
    names = "[settings.DATABASES['default']['NAME'], settings.EMAIL_FILE_PATH]"

    run = load_settings(folder, {}, names)

    assert run.stdout == f"{[str(folder / 'db.sqlite3'), str(folder / 'mail')]}\n"
