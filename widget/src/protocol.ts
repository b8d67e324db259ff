// What the server and other tabs may say, and the checks that turn unknown JSON into it. A part of a wrong shape is left
// out rather than shown.

import { safeUrl } from "./links.ts";

/** What can be found wrong in the browser itself, or what the server says (the contract's error codes). */
export type ProblemCode = "offline" | "network" | "timeout" | "bad_answer" | "no_answer" | (string & {});

export interface Problem {
  code: ProblemCode;
  /** How many seconds the server asks to wait; gone when they are over. */
  wait?: number;
  /** How many characters the server takes. */
  most?: number;
}

export interface Button {
  title: string;
  payload: string;
}

export interface Link {
  title: string;
  url: string;
  kind: string;
}

export interface Answer {
  id: string;
  /** In seconds since 1970, as the server counts. */
  time: number;
  /** The answer's name. */
  answer: string | null;
  text: string;
  source: string | null;
  buttons: Button[];
  links: Link[];
  /** What the visitor said of it; undefined where it is not asked. */
  useful: boolean | null | undefined;
}

/** A message of the visitor and the answers to it. */
export interface Turn {
  id: string;
  /** Null where the assistant spoke first. */
  text: string | null;
  payload?: string;
  time: number;
  state: "sending" | "slow" | "sent" | "failed";
  problem?: Problem | undefined;
  answers: Answer[];
}

export interface Opening {
  buttons: Button[];
  privacyUrl: string | null;
}

export const now = () => Date.now() / 1000;

type Fields = Record<string, unknown>;

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function list<T>(value: unknown, read: (item: Fields) => T | null): T[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => (isObject(item) ? (read(item) ?? []) : []));
}

const text = (value: unknown) => (typeof value === "string" && value ? value : null);
const isAmount = (value: unknown): value is number => typeof value === "number" && value > 0;
const seconds = (value: unknown) => (typeof value === "number" && Number.isFinite(value) ? value : now());

function readButton(fields: Fields): Button | null {
  const [title, payload] = [text(fields.title), text(fields.payload)];
  return title && payload ? { title, payload } : null;
}

function readLink(fields: Fields): Link | null {
  const [title, url] = [text(fields.title), safeUrl(fields.url)];
  return title && url ? { title, url, kind: text(fields.kind) ?? "site" } : null;
}

function readAnswer(fields: Fields): Answer | null {
  const id = text(fields.id);
  if (!id) return null;
  const answer: Answer = {
    id,
    time: seconds(fields.time),
    answer: text(fields.answer),
    text: text(fields.text) ?? "",
    source: text(fields.source),
    buttons: list(fields.buttons, readButton),
    links: list(fields.links, readLink),
    useful: typeof fields.useful === "boolean" || fields.useful === null ? fields.useful : undefined,
  };
  return answer.text || answer.links.length || answer.buttons.length ? answer : null;
}

/** The assistant's messages in an answer of the server; null where it is no such answer. */
export function readAnswers(body: unknown): Answer[] | null {
  return isObject(body) && Array.isArray(body.messages) ? list(body.messages, readAnswer) : null;
}

/** The history as turns: an answer's id is its question's id, a dot and a number. */
export function readHistory(body: unknown): Turn[] | null {
  if (!isObject(body) || !Array.isArray(body.messages)) return null;
  const turns = new Map<string, Turn>();
  for (const item of body.messages) {
    if (!isObject(item)) continue;
    const answer = item.from === "assistant" && readAnswer(item);
    if (answer) {
      const id = answer.id.replace(/\.\d+$/, "");
      const turn = turns.get(id);
      if (turn) turn.answers.push(answer);
      else turns.set(id, { id, text: null, time: answer.time, state: "sent", answers: [answer] });
      continue;
    }
    const [id, said] = [text(item.id), text(item.text)];
    if (item.from === "user" && id && said && !turns.has(id))
      turns.set(id, { id, text: said, time: seconds(item.time), state: "sent", answers: [] });
  }
  return [...turns.values()];
}

export function readOpening(body: unknown): Opening | null {
  const answers = readAnswers(body);
  if (!answers || !isObject(body)) return null;
  return { buttons: answers.flatMap((answer) => answer.buttons), privacyUrl: safeUrl(body.privacy_url) };
}

export function readToken(body: unknown): string | null {
  return isObject(body) ? text(body.token) : null;
}

/** An error of the server. */
export function readError(body: unknown): Problem {
  const { error, retry_after: wait, max_characters: most }: Fields = isObject(body) ? body : {};
  return {
    code: text(error) ?? "internal",
    ...(isAmount(wait) && { wait: Math.ceil(wait) }),
    ...(isAmount(most) && { most }),
  };
}

/** A turn as this widget stores it or another tab sends it . */
export function readTurn(value: unknown): Turn | null {
  if (!isObject(value)) return null;
  const id = text(value.id);
  const state = (["sending", "slow", "sent", "failed"] as const).find((known) => known === value.state);
  if (!id || !state) return null;
  const payload = text(value.payload);
  return {
    id,
    text: text(value.text),
    time: seconds(value.time),
    state,
    ...(payload && { payload }),
    ...(isObject(value.problem) && { problem: { code: text(value.problem.code) ?? "internal" } }),
    answers: list(value.answers, readAnswer),
  };
}

export function readTurns(value: unknown): Turn[] {
  return Array.isArray(value) ? value.flatMap((item) => readTurn(item) ?? []) : [];
}
