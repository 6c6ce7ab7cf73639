"""Networks that recordings ship, kept open: torch is loaded for the first of them, and not before."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from analytics.errors import AnalyticsError, NetworkError
from analytics.live.shipping import HOW_TO_SHIP
from analytics.store.recording import Recording
from dashboard.queries.recordings import RecordingQueries

if TYPE_CHECKING:
    from analytics.live.network import LiveNetwork

__all__ = ["LiveNetworks"]

MOST = 4
"""Networks kept open: two that are compared, and two that were."""

log = logging.getLogger(__name__)


class LiveNetworks:
    """The networks used last. Safe for threads: the same one asked for twice at once is loaded once."""

    def __init__(self, recordings: RecordingQueries) -> None:
        self._recordings = recordings
        self._kept: OrderedDict[str, LiveNetwork] = OrderedDict()
        self._failed: OrderedDict[str, str] = OrderedDict()
        self._loading: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def open(self, key: str) -> LiveNetwork:
        """Return the network of a recording; a sentence says why there is none."""
        return self.of(self._recordings.open(key))

    def of(self, recording: Recording) -> LiveNetwork:
        """Return the network of an open recording."""
        key = recording.fingerprint
        if (kept := self.kept(recording)) is not None:
            return kept
        if recording.weights_path is None:
            raise NetworkError(_none_shipped(recording))
        with self._lock:
            turn = self._loading.setdefault(key, threading.Lock())
        with turn:
            try:
                return self.kept(recording) or self._load(recording)
            finally:
                with self._lock:
                    self._loading.pop(key, None)

    def kept(self, recording: Recording) -> LiveNetwork | None:
        """Return the network if it is open already."""
        with self._lock:
            if recording.fingerprint in self._kept:
                self._kept.move_to_end(recording.fingerprint)
            return self._kept.get(recording.fingerprint)

    def why_not(self, recording: Recording) -> str:
        """Return why the network could not be opened when that was tried; empty otherwise."""
        if recording.weights_path is None:
            return _none_shipped(recording)
        with self._lock:
            return self._failed.get(recording.fingerprint, "")

    def begin(self, recording: Recording) -> None:
        """Begin to open a network in the background, so that whoever needs it waits less."""
        with self._lock:
            known = self._kept.keys() | self._failed.keys() | self._loading.keys()
        if recording.fingerprint not in known:
            # No daemon: ended in the middle of torch's code it would abort the process at its exit.
            threading.Thread(target=self._try, args=(recording,)).start()

    def _try(self, recording: Recording) -> None:
        try:
            self.of(recording)
        except AnalyticsError as error:
            log.info("The network of %s was not opened ahead: %s", recording.name, error)
        except Exception:
            log.exception("The network of %s was not opened ahead.", recording.name)

    def _load(self, recording: Recording) -> LiveNetwork:
        from analytics.live.opening import open_network

        key = recording.fingerprint
        try:
            network = open_network(recording)
        except AnalyticsError as error:
            with self._lock:
                _keep(self._failed, key, str(error))
            raise
        with self._lock:
            self._failed.pop(key, None)
            _keep(self._kept, key, network)
        return network


def _keep(kept: OrderedDict, key: str, value: object) -> None:
    """Add to the last used, and let go of the first."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > MOST:
        kept.popitem(last=False)


def _none_shipped(recording: Recording) -> str:
    """The same as `open_network` says, before torch is loaded for nothing."""
    return f"The recording '{recording.name}' ships no network, so it cannot read other text. {HOW_TO_SHIP}"
