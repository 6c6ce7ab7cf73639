"""Every component id, one class for each page. Nothing else spells an id out."""

from __future__ import annotations

__all__ = ["Home", "Match", "Shell"]


class Shell:
    """The frame around every page."""

    ADDRESS = "shell-address"
    PAGE = "shell-page"
    MESSAGES = "shell-messages"
    THEME = "shell-theme"
    THEME_BUTTON = "shell-theme-button"
    COPY_LINK = "shell-copy-link"
    HELP_BUTTON = "shell-help-button"
    HELP = "shell-help"
    HELP_BODY = "shell-help-body"
    RECORDING = "shell-recording"
    STATE = "shell-state"
    FACTS = "shell-facts"
    HELP_CLOSE = "shell-help-close"
    NAVIGATION = "shell-navigation"
    BRAND = "shell-brand"
    CATALOG = "shell-catalog"
    """Store: what the frame knows of each recording, by key (`RecordingFacts.for_browser`)."""
    NOTICE = "shell-notice"
    """Store: sentences to show; the browser adds them to MESSAGES."""


class Home:
    """The Recordings page."""

    LIST = "home-list"
    REFRESH = "home-refresh"


class Match:
    """The Select & match page."""

    VIEW = "match-view"
    """Store: the whole view as `links.MatchView.to_dict()`; the one source of truth in the browser."""
    RESULTS = "match-results"
    """Store: the matches with their words and heat maps (server -> browser)."""

    PAGE = "match-page"
    DEFAULTS = "match-defaults"
    """Store: the default view and the names of its fields, from which the browser writes addresses."""
    ADDRESS = "match-address"
    """Store: the query string to read (browser -> server)."""
    DISTRIBUTION_PLOT = "match-distribution-plot"
    TOOLBAR = "match-toolbar"
    PLOT = "match-plot"
    STAGE = "match-stage"
    """Everything that shares the positions of the window: plot, tokens, strips, tracks."""
    TOKENS = "match-tokens"
    RAIL = "match-rail"
    HEAT_STRIP = "match-heat-strip"
    TRACKS = "match-tracks"
    STRIP = "match-strip"
    CHIPS = "match-chips"
    HIT_LIST = "match-hit-list"
    RESULTS_REQUEST = "match-results-request"
    """Store: the part of the view that the rows depend on; null: nothing is matched."""
    SUMMARY_REQUEST = "match-summary-request"
    """Store: the part of it that the length histogram and the labels depend on, set after the rows."""
    PANEL = "matches"
    TABLE = "matches-table"
    CAPTION = "matches-caption"
    LEGEND = "matches-legend"
    STATUS = "matches-status"
    SUMMARY = "matches-summary"
    RELEASE = "matches-release"
    MIN_LENGTH = "matches-min-length"
    MAX_LENGTH = "matches-max-length"
    MIN_OVERLAP = "matches-min-overlap"
    LIMIT = "matches-limit"
    COLOR = "matches-color"
    HEAT = "matches-heat"
    MASK = "matches-mask"
    CELL = "matches-cell"
    LENGTHS = "matches-lengths"
    LABELS = "matches-labels"
    LABELS_NAME = "matches-labels-name"
    LABELS_SUMMARY = "matches-labels-summary"
    SAVE_CSV = "matches-save-csv"
    SAVE_PARQUET = "matches-save-parquet"
    DOWNLOAD = "matches-download"
