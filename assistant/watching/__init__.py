"""What operators see of the running assistant: whether it is ready, and figures. Nothing of a visitor is in them."""
