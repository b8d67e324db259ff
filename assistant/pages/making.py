"""Making a page: its template, and for a page of one file the style and the pictures inside."""

import base64
import io
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 110


def environment(folder: Path) -> Environment:
    """The templates of a folder, each read once, which may include `style.css`. What they are given is escaped."""
    loader = FileSystemLoader([folder, Path(__file__).parent])
    return Environment(loader=loader, autoescape=True, auto_reload=False, undefined=StrictUndefined, trim_blocks=True)


def as_data(figure: "Figure") -> str:
    """A figure as the `data:` address of a PNG."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, bbox_inches="tight")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
