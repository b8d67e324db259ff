"""All checks together."""

from itertools import chain

from assistant.checking import answers, subjects
from assistant.checking.documents import repeated_keys
from assistant.checking.problem import Problem
from assistant.checking.project import Project


def problems(project: Project) -> list[Problem]:
    """All mistakes of a project, in the order of files and lines.

    Where a file cannot be read, what depends on it is not checked: its own problem stands first.
    """
    found = list(project.unread)
    for document in project.documents.values():
        found += repeated_keys(document)
    # A missing domain or phrase file would make every other file look wrong.
    if not any(problem.file.endswith(".yml") and problem.file not in project.documents for problem in project.unread):
        found += chain.from_iterable(check(project) for check in subjects.CHECKS)
    if project.catalogue:
        content = project.catalogue
        found += chain.from_iterable(check(project, content) for check in answers.CHECKS)
    return sorted(set(found))
