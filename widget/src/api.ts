// The server's addresses, one function each. What goes wrong is an error with a Problem as its cause.

import { type Answer, type Problem, readAnswers, readError, readHistory, readOpening, readToken } from "./protocol.ts";

const failure = (problem: Problem) => new Error(problem.code, { cause: problem });

export const toProblem = (error: unknown) => ((error as Error).cause ?? { code: "internal" }) as Problem;

/** Whether the conversation is out of reach, so that a new one has to begin. */
export const isLost = (error: unknown) => ["bad_token", "expired_token"].includes(toProblem(error).code);

export type Content = { text: string } | { payload: string };

interface Request {
  token?: string;
  body?: object;
  signal?: AbortSignal;
  keepalive?: boolean;
}

// The server answers or refuses within 9 seconds, whatever fails behind it (docs/faults.md).
export const TIME_LIMIT = 10_000;

/** The answer where it is JSON: an error page of a proxy is not, but its status says enough. */
async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function whyUnreachable(error: unknown): Problem {
  if (error instanceof DOMException && error.name === "TimeoutError") return { code: "timeout" };
  return { code: navigator.onLine ? "network" : "offline" };
}

export type Api = ReturnType<typeof createApi>;

/** @param base the folder of widget.js, ending in a slash */
export function createApi(base: string) {
  async function call<T>(
    read: (body: unknown) => T | null,
    method: string,
    path: string,
    { token, body, signal = AbortSignal.timeout(TIME_LIMIT), keepalive = false }: Request = {},
  ): Promise<T> {
    let status: number;
    let answer: unknown;
    try {
      const response = await fetch(base + path, {
        method,
        headers: {
          ...(token && { Authorization: `Bearer ${token}` }),
          ...(body && { "Content-Type": "application/json" }),
        },
        ...(body && { body: JSON.stringify(body) }),
        credentials: "omit",
        signal,
        keepalive,
      });
      status = response.status;
      answer = await readJson(response);
    } catch (error) {
      throw failure(whyUnreachable(error));
    }
    if (status >= 400) throw failure(answer || status < 502 ? readError(answer) : { code: "unavailable" });
    const result = read(answer);
    if (result === null) throw failure({ code: "bad_answer" });
    return result;
  }
  const nothing = () => true;

  return {
    opening: () => call(readOpening, "GET", "opening"),
    begin: (signal: AbortSignal) => call(readToken, "POST", "conversation", { body: {}, signal }),
    history: (token: string) => call(readHistory, "GET", "conversation", { token }),
    erase: (token: string) => call(nothing, "DELETE", "conversation", { token }),
    feedback: (token: string, id: string, useful: boolean) =>
      call(nothing, "POST", "feedback", { token, body: { message_id: id, useful } }),
    /** Nobody waits for this; it may outlive the page. */
    opened: (token: string, id: string, link: string) =>
      call(nothing, "POST", "opened", { token, body: { message_id: id, link }, keepalive: true }).catch(nothing),
    /** Sends a message. The same id may be sent again: the server answers the same and stores nothing twice. */
    async send(token: string, id: string, content: Content, signal: AbortSignal): Promise<Answer[]> {
      const answers = await call(readAnswers, "POST", "message", { token, body: { id, ...content }, signal });
      if (!answers.length) throw failure({ code: "no_answer" });
      return answers;
    },
  };
}
