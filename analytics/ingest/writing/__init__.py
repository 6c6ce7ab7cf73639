"""The parts of `RecordingWriter`: what is checked, how it lies on disk, how it appears whole or not at all."""
