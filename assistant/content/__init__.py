"""Reading the content files: facts, contacts, links, cancers and answers."""
