"""The parts of `RecordingWriter`: what is checked, how it lies on disk, that it appears whole or not."""
