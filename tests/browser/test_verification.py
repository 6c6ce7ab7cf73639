"""Verifying a recording from its page, with two people at it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.job_status import read_json
from tests.browser.waiting import eventually
from tests.recordings import small_recording
from tests.server import ROOT

PLACE = "#home-verification"
SCRIPT = str(ROOT / "dashboard" / "job_process.py")
NOTHING_WRONG = "Nothing wrong was found; 1 of "
"""The recording ships no weights, so that its states cannot be compared with them."""


@pytest.fixture
def recording(server, request):
    """A recording of this test alone: what is remembered of it is no other test's."""
    name = request.node.name.replace("[", "-").rstrip("]")
    yield small_recording(server.folder / name)
    shutil.rmtree(server.folder / name)


def test_a_sound_recording(open_page, recording, shot):
    page = open_page(f"/?recording={recording.path.name}")
    page.get_by_role("button", name="Verify").click()
    expect(page.locator(PLACE)).to_contain_text(NOTHING_WRONG)
    expect(page.get_by_role("button", name="Verify again")).to_be_focused()
    page.locator(PLACE).get_by_role("button", name="Show the").click()
    expect(page.locator(f"{PLACE} tbody tr").first).to_contain_text("could not be checked")
    expect(page.locator(f"{PLACE} tbody tr").last).to_contain_text("passed")
    shot(page, "verification")
    another = page.context.new_page()
    another.goto(page.url)
    expect(another.locator(PLACE)).to_contain_text(NOTHING_WRONG)


def test_what_is_wrong_is_told_and_a_touched_file_is_not_taken_as_verified(open_page, recording, shot):
    file = recording.path / "states" / "layer0.cell.parquet"
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)
    page = open_page(f"/?recording={recording.path.name}")
    page.get_by_role("button", name="Verify").click()
    expect(page.locator(PLACE)).to_contain_text("found something wrong")
    expect(page.locator(f"{PLACE} tr.check-wrong").first).to_contain_text("states/layer0.cell.parquet")
    shot(page, "verification-wrong")
    os.utime(file, ns=(1, 1))
    page.reload()
    expect(page.locator(PLACE)).to_contain_text("Not verified as it is now")


def test_two_people_at_once_both_get_the_result(open_page, recording):
    pages = [open_page(f"/?recording={recording.path.name}") for _ in range(2)]
    for page in pages:
        expect(page.get_by_role("button", name="Verify")).to_be_visible()
    for page in pages:
        page.get_by_role("button", name="Verify").click()
    for page in pages:
        expect(page.locator(PLACE)).to_contain_text(NOTHING_WRONG)


def jobs_below(folder: Path) -> list[tuple[int, Path]]:
    """Processes of jobs whose folders lie in this one, with their folders."""
    found = []
    for told in Path("/proc").glob("[0-9]*/cmdline"):
        # One that ends at this moment is gone.
        with contextlib.suppress(OSError):
            words = told.read_text().rstrip("\0").split("\0")
            if words[-2:-1] == [SCRIPT] and Path(words[-1]).is_relative_to(folder):
                found.append((int(told.parent.name), Path(words[-1])))
    return found


@contextlib.contextmanager
def held_at_work(page: Page, folder: Path) -> Iterator[None]:
    """Let the one job below a folder rest once it has told how far it is, however fast the machine is."""
    ((process, job),) = eventually(page, lambda: jobs_below(folder), bool)
    eventually(page, lambda: (read_json(job / "progress.json") or {}).get("done"), bool)
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="the kernel does not tell its processes")
def test_progress_and_cancel(open_page, server, tmp_path_factory):
    if not (server.folder / "parentheses").exists():
        pytest.skip("the demo is not built, and a small recording is verified before it can be cancelled")
    page = open_page("/?recording=parentheses")
    page.locator(f"{PLACE} [data-act=start], {PLACE} [data-act=again]").click()
    with held_at_work(page, tmp_path_factory.getbasetemp().resolve()):
        expect(page.locator(f"{PLACE} progress")).to_be_visible()
        expect(page.locator(f"{PLACE} .job-told")).to_contain_text("MB read")
        # Meanwhile the page answers.
        page.locator("[data-recording=plays] a").click()
        expect(page.locator("#home-detail [data-shown=plays]")).to_be_visible()
        page.go_back()
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator(PLACE)).to_contain_text("Cancelled.")
        expect(page.get_by_role("button", name="Verify")).to_be_visible()
