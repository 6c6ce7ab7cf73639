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
    NAVIGATION = "shell-navigation"


class Home:
    """The Recordings page."""

    LIST = "home-list"
    REFRESH = "home-refresh"


class Match:
    """The Select & match page."""

    VIEW = "match-view"
    """Store: the whole view as `links.MatchView.to_dict()`; the one source of truth in the browser."""
    WINDOW = "match-window"
    """Store: tokens, values, tracks of the window (server -> browser)."""
    SELECTED = "match-selected"
    """Store: the units that are on, counts per position (server -> browser)."""
    RESULTS = "match-results"
    """Store: the matches with their words and heat maps (server -> browser)."""
