import io
import sys

import pytest

from annotation.management.run_progress_bar import run_progress_bar
from tests.factories import write_all
from tests.generation.runs import make_run

pytestmark = pytest.mark.django_db


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_bar_ends_with_all_calls_and_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    run = make_run(posts=2, strategies=["ITER +cons"])

    with run_progress_bar(run):
        write_all(run)

    lines = [line for line in terminal.getvalue().split("\r") if line.strip()]
    assert any("0/4" in line and "0/2 texts" in line for line in lines)
    assert "4/4" in lines[-1]
    assert "2/2 texts" in lines[-1]


def test_bar_is_silent_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    run = make_run(posts=1)

    with run_progress_bar(run):
        write_all(run)

    assert capsys.readouterr().err == ""
