"""受け渡し: sticks, packages written and taken in, the log of them."""
