import sys

import pytest

from analytics.cli import main


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk():
    """Hundreds of small recordings need not be safe from a power cut. Programs run by tests do wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda descriptor: None)
        yield


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command line in this process. Returns exit code, stdout, stderr."""

    def run_line(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["analytics", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return run_line
