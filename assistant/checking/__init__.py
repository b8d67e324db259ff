"""Finding mistakes in the content files in seconds, without training: `make check`, `make new-subject`."""
