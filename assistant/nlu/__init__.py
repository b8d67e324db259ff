"""Understanding French as people type it: the components of config.yml."""
