"""What the page 支給 is made of: tabs and what opens from them."""
