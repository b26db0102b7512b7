"""支援制度: programmes, rounds and rules, and loans."""
