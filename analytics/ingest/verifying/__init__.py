"""The parts of `verify`: tables, states, and the network beside them."""
