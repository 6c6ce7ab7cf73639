"""What a state remembers of its input, and for how long: state gradients and what follows from them."""
