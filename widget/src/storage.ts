// What this browser keeps: the conversation's token and the messages that are not yet sent. Nothing here runs before the
// visitor opens the chat. Where storage is denied or full, a conversation lasts as long as its page.

import { isObject, readTurns, type Turn } from "./protocol.ts";

const KEY = "arc-chat";

export interface Stored {
  token: string | null;
  unsent: Turn[];
}

export function readStored(): Stored {
  let value: unknown;
  try {
    value = JSON.parse(localStorage.getItem(KEY) ?? "");
  } catch {
    // nothing there, not JSON, or denied
  }
  const { token, unsent } = isObject(value) ? value : ({} as Record<string, unknown>);
  return { token: typeof token === "string" ? token : null, unsent: readTurns(unsent) };
}

export function writeStored(stored: Stored): void {
  try {
    if (stored.token || stored.unsent.length) localStorage.setItem(KEY, JSON.stringify(stored));
    else localStorage.removeItem(KEY);
  } catch {
    // denied or full
  }
}
