"""What the foundation can learn from visitors, as one page: `make insights`. Reads the database, changes nothing."""
