// Keeps the tabs of one site in step. What comes in is checked like anything else from outside.

import { isObject, readTurns, type Turn } from "./protocol.ts";

export interface TabMessage {
  /** These have changed. */
  turns?: Turn[];
  /** The message of this id was taken back. */
  gone?: string;
  /** The conversation is another one, or none. */
  token?: string | null;
}

export function readTabMessage(value: unknown): TabMessage {
  if (!isObject(value)) return {};
  const { gone, token } = value;
  return {
    turns: readTurns(value.turns),
    ...(typeof gone === "string" && { gone }),
    ...((typeof token === "string" || token === null) && { token }),
  };
}

export class Tabs {
  readonly #channel = new BroadcastChannel("arc-chat");

  constructor(receive: (message: TabMessage) => void) {
    this.#channel.onmessage = ({ data }) => receive(readTabMessage(data));
  }

  post(message: TabMessage): void {
    this.#channel.postMessage(message);
  }
}
