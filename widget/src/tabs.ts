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

/** Listens to the other tabs; gives the function that tells them something. */
export function joinTabs(receive: (message: TabMessage) => void): (message: TabMessage) => void {
  try {
    const channel = new BroadcastChannel("arc-chat");
    channel.onmessage = ({ data }) => receive(readTabMessage(data));
    return (message) => channel.postMessage(message);
  } catch {
    return () => {}; // denied with all site data
  }
}
