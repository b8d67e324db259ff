"""What keeps personal data out of the stores and the logs, and removes what has been kept long enough."""
