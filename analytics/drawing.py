"""Results draw themselves in a notebook, where the dashboard's packages are installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from analytics.errors import ParameterError

__all__ = ["Drawn"]

HOME = "dashboard.figures.results"
"""What draws. It is looked for when it is asked for: computing does not need it."""


class Drawn:
    """A result that has a figure."""

    __slots__ = ()

    def figure(self, *, theme: str = "light", **more: Any) -> Any:
        """Return a Plotly figure of the result.

        Parameters
        ----------
        theme : {"light", "dark"}, default="light"
        **more
            What the figure can tell besides: `vocabulary`, `tokens`.

        Raises
        ------
        ParameterError
            If Plotly or the folder dashboard/ is missing.
        """
        try:
            home = import_module(HOME)
        except ModuleNotFoundError as error:
            raise ParameterError(
                f"A figure needs Plotly, and dashboard/ beside analytics/; {error.name} is missing. "
                "Install what requirements.txt lists and start Python in the project's folder."
            ) from None
        return home.draw(self, theme=theme, **more)
