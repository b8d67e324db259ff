"""Writing YAML that people read: texts line by line, as in data/nlu and tests/dialogues."""

from typing import Any

import yaml


class Block(str):
    """A text that YAML shows line by line."""


class Quoted(str):
    """A text in quotation marks, which YAML takes for nothing but a text."""


class _Dumper(yaml.SafeDumper):
    """YAML as this project's files are written."""


_Dumper.add_representer(Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, "|"))
_Dumper.add_representer(Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, '"'))


def as_yaml(content: Any) -> str:
    """Some content as YAML, in its own order, its lines as long as they are."""
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=float("inf"))
