"""Which findings somebody may see, and what became of their recordings since."""

from __future__ import annotations

from analytics.errors import RecordingError
from dashboard.queries.findings.table import Finding, KeptRecording
from dashboard.queries.recordings import RecordingQueries
from dashboard.user import User, acting_as, current_user

__all__ = ["DAMAGED", "DELETED", "HIDDEN", "REPLACED", "SAME", "Sight", "is_author", "is_limited"]

SAME, REPLACED, DELETED, DAMAGED, HIDDEN = "same", "replaced", "deleted", "damaged", "hidden"
NO_GROUPS = User(sees_all=False)


class Sight:
    """What the user who asks sees; each recording is looked up once. Made for one question."""

    def __init__(self, recordings: RecordingQueries) -> None:
        self._recordings = recordings
        self._user = current_user()
        self._known: dict[str, str] = {}

    def sees(self, finding: Finding) -> bool:
        """Whether a finding appears at all: not where one of its recordings is hidden."""
        return all(self.state(finding, recording) != HIDDEN for recording in finding.recordings)

    def state(self, finding: Finding, recording: KeptRecording) -> str:
        """Return whether a recording is the same, replaced, deleted, damaged or hidden."""
        if recording.key not in self._known:
            self._known[recording.key] = self._looked_up(recording.key)
        found = self._known[recording.key]
        if found == DELETED and not self._saw(finding, recording):
            return HIDDEN
        if found in (DELETED, DAMAGED, HIDDEN):
            return found
        return SAME if found == recording.fingerprint else REPLACED

    def opens(self, finding: Finding) -> bool:
        """Whether its view can be opened: the first recording is there, on Compare any of them."""
        there = [self.state(finding, recording) != DELETED for recording in finding.recordings]
        return not there or (any(there) if finding.page == "compare" else there[0])

    def _saw(self, finding: Finding, recording: KeptRecording) -> bool:
        """Whether a recording that is gone was for the user: a limit may have gone with it."""
        return (
            not recording.limited
            or is_limited(self._recordings, recording.key)
            or self._user.sees_all
            or _is_by(finding, self._user)
        )

    def _looked_up(self, key: str) -> str:
        """Return the fingerprint of a recording, or what became of it."""
        if not self._recordings.lets_see(key):
            return HIDDEN
        try:
            found = self._recordings.find(key)
        except RecordingError:
            return DAMAGED
        return DELETED if found is None else found.fingerprint


def is_limited(recordings: RecordingQueries, key: str) -> bool:
    """Whether only some may see a recording; there need not be one any more."""
    with acting_as(NO_GROUPS):
        return not recordings.lets_see(key)


def is_author(finding: Finding, typed: str) -> bool:
    """Whether the user who asks wrote a finding; where nobody signs in, the name that was typed counts."""
    user = current_user()
    return _is_by(finding, user) if user.name else not finding.vouched and finding.author == typed != ""


def _is_by(finding: Finding, user: User) -> bool:
    return user.name != "" and finding.author == user.name
