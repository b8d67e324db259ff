// The server's addresses, one method each. Everything that can go wrong comes out as a Failure.

import {
  type Answer,
  type Opening,
  type Problem,
  readAnswers,
  readError,
  readHistory,
  readOpening,
  readToken,
  type Turn,
} from "./protocol.ts";

export class Failure extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

export const toProblem = (error: unknown): Problem => (error instanceof Failure ? error.problem : { code: "internal" });

/** Whether the conversation is out of reach, so that a new one has to begin. */
export const isLost = (error: unknown) => ["bad_token", "expired_token"].includes(toProblem(error).code);

export type Content = { text: string } | { payload: string };

interface Request {
  token?: string;
  body?: object;
  signal?: AbortSignal;
}

export const TIME_LIMIT = 30_000;

export class Api {
  readonly #base: string;

  /** @param base the folder of widget.js, ending in a slash */
  constructor(base: string) {
    this.#base = base;
  }

  async opening(): Promise<Opening> {
    return expect(readOpening(await this.#call("GET", "opening")));
  }

  async begin(signal: AbortSignal): Promise<string> {
    return expect(readToken(await this.#call("POST", "conversation", { body: {}, signal })));
  }

  async history(token: string): Promise<Turn[]> {
    return expect(readHistory(await this.#call("GET", "conversation", { token })));
  }

  async erase(token: string): Promise<void> {
    await this.#call("DELETE", "conversation", { token });
  }

  /** Sends a message. The same id may be sent again: the server answers the same and stores nothing twice. */
  async send(token: string, id: string, content: Content, signal: AbortSignal): Promise<Answer[]> {
    const body = { id, ...content };
    const answers = expect(readAnswers(await this.#call("POST", "message", { token, body, signal })));
    if (!answers.length) throw new Failure({ code: "no_answer" });
    return answers;
  }

  async feedback(token: string, id: string, useful: boolean): Promise<void> {
    await this.#call("POST", "feedback", { token, body: { message_id: id, useful } });
  }

  async #call(
    method: string,
    path: string,
    { token, body, signal = AbortSignal.timeout(TIME_LIMIT) }: Request = {},
  ): Promise<unknown> {
    let status: number;
    let answer: unknown = null;
    try {
      const response = await fetch(this.#base + path, {
        method,
        headers: {
          ...(token && { Authorization: `Bearer ${token}` }),
          ...(body && { "Content-Type": "application/json" }),
        },
        ...(body && { body: JSON.stringify(body) }),
        credentials: "omit",
        signal,
      });
      status = response.status;
      const text = await response.text();
      try {
        answer = JSON.parse(text);
      } catch {
        // an error page of a proxy is no JSON; the status says enough
      }
    } catch (error) {
      const late = error instanceof DOMException && error.name === "TimeoutError";
      throw new Failure({ code: late ? "timeout" : navigator.onLine ? "network" : "offline" });
    }
    if (status < 400) return answer;
    if (status >= 502 && !answer) throw new Failure({ code: "unavailable" });
    throw new Failure(readError(answer));
  }
}

function expect<T>(value: T | null): T {
  if (value === null) throw new Failure({ code: "bad_answer" });
  return value;
}
