"""`make check-links`: asks each address that the assistant gives and prints a table."""

import sys
import urllib.error
import urllib.request

from assistant.content.catalogue import catalogue
from assistant.content.yaml_file import ContentError

TIMEOUT = 15  # seconds
HTTP_ERROR = 400


def ask(url: str) -> tuple[bool, str]:
    """Asks an address; returns whether a page answers, and the status or the problem in a few words."""
    request = urllib.request.Request(url, headers={"User-Agent": "link check of the assistant"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return answer.status < HTTP_ERROR, str(answer.status)
    except urllib.error.HTTPError as problem:
        return False, str(problem.code)
    except (urllib.error.URLError, OSError) as problem:
        return False, str(getattr(problem, "reason", problem))


def main() -> int:
    """Prints the table; the exit code is 1 if an address does not answer."""
    try:
        links = catalogue().links
    except ContentError as problem:
        print(problem, file=sys.stderr)
        return 1
    answers = {url: ask(url) for url in dict.fromkeys(link.url for link in links.values())}
    print(f"{'lien':<16}{'variable':<24}{'réponse':<34}adresse")
    for link in links.values():
        note = f"  (celle de « {link.stands_in} »)" if link.stands_in else ""
        print(f"{link.name:<16}{link.env:<24}{answers[link.url][1]:<34.32}{link.url}{note}")
    return 0 if all(good for good, _ in answers.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
