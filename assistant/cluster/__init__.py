"""`make cluster`: the whole service on one machine, as it runs on several."""
