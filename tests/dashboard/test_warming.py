"""The loading ahead: it delays nobody, and a process that ends meanwhile ends as it should."""

from __future__ import annotations

import subprocess
import sys

from tests.server import ROOT

ENDING = """
import threading
from dashboard import warming

class Loading:
    def __init__(self, name):
        self.name = name
    def warm_up(self):
        print(self.name, flush=True)
        begun.set()
        may_end.wait(300)
        print("loaded", flush=True)

class Asked:
    recordings, clusters = Loading("match"), Loading("clusters")

begun, may_end = threading.Event(), threading.Event()
warming.DELAY_S = 0
warming.Warming(Asked).start()
begun.wait(300)
# Ends what is being loaded only when the process is about to.
threading.Thread(target=lambda: (threading.main_thread().join(), may_end.set())).start()
"""


def test_what_is_being_loaded_at_the_end_of_a_process_is_loaded_and_nothing_more():
    done = subprocess.run(
        [sys.executable, "-c", ENDING], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, ["match", "loaded"], "")
