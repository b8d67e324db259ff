// Every French text that a visitor reads. The non-breaking space is written \u00a0, so that it can be seen.

import type { ProblemCode } from "./protocol.ts";

const plural = (count: number, one: string, many: string) => `${count} ${count > 1 ? many : one}`;
const number = (value: number) => value.toLocaleString("fr");

export const texts = {
  title: "Assistant immunothérapie",
  subtitle: "D’après un dossier de 2020",
  launcher: "Poser une question",
  unread: (count: number) => plural(count, "nouvelle réponse", "nouvelles réponses"),

  opening: "Bonjour. Quelle est votre question sur l’immunothérapie contre le cancer\u00a0?",
  introTitle: "Qui vous répond\u00a0?",
  intro: [
    "Un assistant automatique, **pas un médecin**. Il ne remplace pas l’avis de votre équipe soignante.",
    "Ses réponses viennent d’un dossier publié en 2020 par la Fondation ARC pour la recherche sur le cancer.",
    "N’écrivez pas ici de données personnelles sur votre santé\u00a0: ni nom, ni résultats d’examens.",
  ],
  privacy: "Confidentialité",

  conversation: "Conversation",
  scroller: "Messages de la conversation",
  you: "Vous",
  assistant: "Assistant",
  suggestions: "Suggestions de questions",
  newTab: "s’ouvre dans un nouvel onglet",

  usefulQuestion: "Cette réponse vous a-t-elle été utile\u00a0?",
  yes: "Oui",
  no: "Non",
  thanks: "Merci, votre avis est enregistré.",
  copy: "Copier",
  copied: "Réponse copiée.",
  notCopied: "La réponse n’a pas pu être copiée.",

  field: "Votre question",
  placeholder: "Votre question…",
  send: "Envoyer",
  counter: (used: number, most: number) => `${number(used)}\u00a0/\u00a0${number(most)} caractères`,
  tooLong: (most: number) =>
    `Votre message dépasse ${number(most)} caractères. Raccourcissez-le pour pouvoir l’envoyer.`,

  loading: "Chargement de la conversation…",
  typing: "L’assistant écrit…",
  slow: "L’assistant met plus de temps que d’habitude. Merci de patienter.",

  close: "Fermer",
  options: "Options",
  restart: "Recommencer",
  erase: "Supprimer ma conversation",
  cancel: "Annuler",
  eraseTitle: "Supprimer cette conversation\u00a0?",
  eraseBody: "Vos messages et les réponses seront supprimés définitivement de nos serveurs et de cet appareil.",
  eraseConfirm: "Supprimer",
  erasing: "Suppression en cours…",

  resend: "Renvoyer",
  edit: "Modifier",
  discard: "Retirer",
  retry: "Réessayer",
  notSent: "Message non envoyé.",
  offline: "Vous êtes hors connexion. Vos messages partiront au retour du réseau.",
  notLoaded: "La conversation précédente n’a pas pu être chargée.",
  noOpening: "L’assistant ne répond pas pour le moment.",
  feedbackFailed: "Votre avis n’a pas pu être enregistré.",
  eraseFailed: "La conversation n’a pas pu être supprimée.",

  restarted: "Une nouvelle conversation commence.",
  erased: "Votre conversation a été supprimée.",
  expired: "Votre conversation précédente a expiré. Une nouvelle conversation commence.",

  wait: (seconds: number) =>
    seconds < 60
      ? `Réessayez dans ${plural(seconds, "seconde", "secondes")}.`
      : `Réessayez dans ${plural(Math.ceil(seconds / 60), "minute", "minutes")}.`,
};

/** Why something failed, in the visitor's words. The codes that this widget cannot cause have none of their own. */
const problems = new Map<ProblemCode, string>([
  ["offline", "Vous êtes hors connexion."],
  ["network", "L’assistant n’a pas pu être joint."],
  ["timeout", "L’assistant n’a pas répondu à temps."],
  ["no_answer", "L’assistant n’a rien répondu."],
  ["bad_origin", "L’assistant n’est pas disponible sur ce site."],
  ["too_long", "Ce message est trop long."],
  ["unknown_payload", "Cette suggestion n’est plus disponible."],
  ["too_many", "Trop de messages en peu de temps."],
  ["unavailable", "L’assistant est momentanément indisponible."],
]);

export const problemText = (code: ProblemCode) => problems.get(code) ?? "L’assistant a rencontré une erreur.";
