"""How Rasa is extended: reading the content, understanding French, stores and channels."""
