"""What the pages that report something share: their style, and how they are made. matplotlib and jinja2."""
