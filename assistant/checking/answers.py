"""Checks of what is said: answers, titles, facts, links. Each yields its problems."""

import re
from collections.abc import Iterator

from assistant.checking.grounding import Unheld, unheld_by_dossier, unheld_by_facts
from assistant.checking.language import english, familiar, typography
from assistant.checking.problem import Problem, quoted
from assistant.checking.project import CANCERS, DOMAIN, FACTS, LINKS, Project
from assistant.content.catalogue import Answer, Catalogue, mistakes
from assistant.content.yaml_file import Place

DOSSIER = "tests/source/dossier.txt"
SOURCED = ("dossier", "giving")  # the kinds of answers that end with their source
MAX_CHARACTERS = 620  # of an answer: longer ones are not read in a chat
MAX_SENTENCES = 8
IN_ENGLISH = {"utter_other_language"}  # the answer to those who write in another language
# What actions fill in, in the answers that they give; all the rest comes from data/contacts.yml and data/links.yml.
FILLED_IN = {
    "cancer": {"utter_response_rate_other", "utter_follow_up_cancer"},
    "title": {"utter_full_article", "utter_full_article_from_home"},
    "max_characters": {"utter_message_too_long"},
}
_KINDS = {"number": "le chiffre", "name": "le nom", "quotation": "la citation", "link": "l’adresse"}


def fitting(project: Project, content: Catalogue) -> Iterator[Problem]:
    """Unknown facts, kinds and next steps, titles too long: all that keeps the assistant from starting."""
    for mistake in mistakes(content):
        yield project.problem(mistake)


def sources(project: Project, content: Catalogue) -> Iterator[Problem]:
    """Answers from the dossier that name no fact."""
    for answer in content.answers.values():
        if answer.kind in SOURCED and not answer.facts:
            what = f"la réponse {quoted(answer.name)} vient du dossier, mais ne cite aucun fait."
            yield _at(
                project, answer, what, "Nommez sous «\u00a0facts\u00a0» les faits de data/facts.yml qu’elle rapporte."
            )


def grounding(project: Project, content: Catalogue) -> Iterator[Problem]:
    """Numbers, names, quotations and addresses that are in none of the facts of an answer."""
    for answer in content.answers.values():
        for unheld in unheld_by_facts(content, answer):
            line = _text_line(project, answer, unheld.value)
            yield Problem(DOMAIN, line, unheld_sentence(answer.name, unheld), unheld_mend(unheld))


def unheld_sentence(name: str, unheld: Unheld) -> str:
    """What is wrong with an answer that says more than its facts."""
    if unheld.kind == "link":
        return f"la réponse {quoted(name)} écrit l’adresse {quoted(unheld.value)} dans son texte."
    return (
        f"la réponse {quoted(name)} donne {_KINDS[unheld.kind]} {quoted(unheld.value)}, "
        "qui n’est dans aucun des faits qu’elle cite."
    )


def unheld_mend(unheld: Unheld) -> str:
    """How to mend it."""
    if unheld.kind == "link":
        return "Les adresses se mettent dans data/links.yml, jamais dans le texte."
    return "Corrigez le texte, ou ajoutez sous «\u00a0facts\u00a0» le fait qui le dit."


def facts(project: Project, content: Catalogue) -> Iterator[Problem]:
    """Facts that no answer uses, or that say more than the dossier."""
    used = {fact for answer in content.answers.values() for fact in answer.facts}
    source = project.root / DOSSIER
    dossier = source.read_text(encoding="utf-8") if source.exists() else None
    for number, fact in enumerate(content.facts.facts.values()):
        line = project.documents[FACTS].line("facts", number)
        if fact.id not in used:
            what = f"aucune réponse n’utilise le fait {quoted(fact.id)}."
            yield Problem(
                FACTS, line, what, "Citez-le sous «\u00a0facts\u00a0» dans la réponse qui le dit, ou supprimez-le."
            )
        for unheld in unheld_by_dossier(fact, dossier) if dossier is not None else ():
            what = f"le fait {quoted(fact.id)} donne {_KINDS[unheld.kind]} {quoted(unheld.value)}, absent du dossier."
            mend = f"Corrigez le fait\u00a0; si le dossier a changé, remplacez d’abord {DOSSIER}."
            yield Problem(FACTS, project.documents[FACTS].line_of(unheld.value, "facts", number), what, mend)


def length(project: Project, content: Catalogue) -> Iterator[Problem]:
    """Answers that are too long to be read in a chat."""
    for answer in content.answers.values():
        sentences = len(re.findall(r"[.!?;](?:\s|$|»)", answer.text))
        if len(answer.text) > MAX_CHARACTERS or sentences > MAX_SENTENCES:
            size = f"{len(answer.text)} caractères, {sentences} phrases"
            what = f"la réponse {quoted(answer.name)} est trop longue ({size})."
            most = f"{MAX_CHARACTERS} caractères et {MAX_SENTENCES} phrases"
            mend = f"Restez sous {most}\u00a0; une suite peut dire le reste."
            yield _at(project, answer, what, mend)


def referring(project: Project, content: Catalogue) -> Iterator[Problem]:
    """Answers to what the dossier does not cover that do not say so, or do not say whom to ask."""
    for answer in content.answers.values():
        if answer.kind == "outside":
            if not re.search(r"dossier|Je ne peux pas", answer.text):
                what = f"la réponse {quoted(answer.name)} ne dit pas que le dossier n’aborde pas ce sujet."
                yield _at(project, answer, what, "Écrivez-le dès la première phrase.")
            if not re.search(
                r"équipe soignante|médecin traitant|pharmacien|\{cancer_info\}|Fondation ARC", answer.text
            ):
                what = f"la réponse {quoted(answer.name)} ne dit pas à qui s’adresser."
                mend = "Nommez l’équipe soignante, le pharmacien, la Fondation ARC ou Cancer info ({cancer_info})."
                yield _at(project, answer, what, mend)


def placeholders(project: Project, content: Catalogue) -> Iterator[Problem]:
    """What stands in braces and nothing fills in, so that a visitor would read it as it is."""
    known = content.placeholders()
    for answer in content.answers.values():
        for name in re.findall(r"\{([^{}]*)\}", answer.text):
            if name not in known and answer.name not in FILLED_IN.get(name, ()):
                line = _text_line(project, answer, f"{{{name}}}")
                what = f"la réponse {quoted(answer.name)} contient «\u00a0{{{name}}}\u00a0», que rien ne remplace."
                mend = f"Les noms connus sont\u00a0: {', '.join(f'{{{item}}}' for item in sorted(known))}."
                yield Problem(DOMAIN, line, what, mend)


def wording(project: Project, content: Catalogue) -> Iterator[Problem]:
    """Typography, English words and « tu » in all that a visitor reads."""
    for file, place, name, text in french_texts(content):
        document = project.documents[file]
        for passage, what, mend in typography(text):
            # The passage was shown with ordinary spaces: find its line by the text itself.
            line = _line_like(document.lines, document.spans.get(place, (document.line(*place),) * 2), passage)
            yield Problem(file, line, f"{name}, {quoted(passage)}\u00a0: {what}.", mend)
        for word in english(text):
            what = f"{name} contient le mot anglais {quoted(word)}."
            yield Problem(file, document.line_of(word, *place), what, "Écrivez-le en français.")
        for word in familiar(text):
            what = f"{name} tutoie le visiteur ({quoted(word)})."
            yield Problem(file, document.line_of(word, *place), what, "Vouvoyez-le.")


def french_texts(content: Catalogue) -> Iterator[tuple[str, Place, str, str]]:
    """All French texts: file, entry, what to call it, and the text."""
    for answer in content.answers.values():
        if answer.name not in IN_ENGLISH:
            here = (answer.part, answer.name, 0)
            yield DOMAIN, (*here, "text"), f"réponse {quoted(answer.name)}", answer.text
            if answer.title:
                yield DOMAIN, (*here, "metadata", "title"), f"titre de {quoted(answer.name)}", answer.title
            if answer.short and answer.short != answer.title:
                yield DOMAIN, (*here, "metadata", "short"), f"titre court de {quoted(answer.name)}", answer.short
    for number, fact in enumerate(content.facts.facts.values()):
        yield FACTS, ("facts", number, "statement"), f"fait {quoted(fact.id)}", fact.statement
    for key, section in content.facts.sections.items():
        yield FACTS, ("sections", key), f"titre de la partie {quoted(key)}", section.title
    for link in content.links.values():
        yield LINKS, ("links", link.name), f"titre du lien {quoted(link.name)}", link.title
    for number, cancer in enumerate(content.cancers.values()):
        yield CANCERS, ("cancers", number), f"cancer {quoted(cancer.id)}", cancer.label


def _line_like(lines: tuple[str, ...], span: tuple[int, int], passage: str) -> int:
    first, last = span
    numbered = range(first, last + 1)
    return next((number for number in numbered if passage in lines[number - 1].replace("\u00a0", " ")), first)


def _text_line(project: Project, answer: Answer, value: str) -> int:
    return project.documents[DOMAIN].line_of(value, answer.part, answer.name, 0, "text")


def _at(project: Project, answer: Answer, what: str, mend: str) -> Problem:
    return Problem(DOMAIN, project.documents[DOMAIN].line(answer.part, answer.name), what, mend)


CHECKS = (fitting, sources, grounding, facts, length, referring, placeholders, wording)
