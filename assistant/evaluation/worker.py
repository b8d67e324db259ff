"""One trained model in a process of its own, for `make compare`: it is asked, and answers, in lines of JSON.

The first line says how many bytes it takes once it has parsed a message. Then each text that comes in gives its parse
and the seconds that it took. No model gets TensorFlow unless it is built on it, as in the assistant.
"""

import json
import sys
import time
from pathlib import Path

import psutil

from assistant import on_demand


def main(model: Path) -> None:
    """Answers until nothing more comes in."""
    answers, sys.stdout = sys.stdout, sys.stderr  # what libraries print is no answer
    on_demand.install()
    from assistant.evaluation.parsing import Parser  # noqa: PLC0415  (imports Rasa)

    parser = Parser(model)
    parser.parse("bonjour")
    print(psutil.Process().memory_info().rss, file=answers, flush=True)
    for line in sys.stdin:
        text = json.loads(line)
        started = time.perf_counter()
        parse = parser.parse(text)
        print(json.dumps([parse, time.perf_counter() - started]), file=answers, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
