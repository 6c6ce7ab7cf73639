"""Parts used on two pages or more: pure functions to Dash components."""
