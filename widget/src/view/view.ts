import type { State } from "../conversation.ts";
import type { Answer, Button, Link, Turn } from "../protocol.ts";

export type Erasing = "erased" | "restarted";

/** What is shown apart from the conversation itself. */
export interface Look {
  open: boolean;
  unread: number;
  /** What stands in the field. */
  draft: string;
  options: boolean;
  /** What the visitor is being asked to confirm. */
  asked: Erasing | null;
}

export interface Labels {
  title: string;
  greeting: string;
  launcher: string;
}

/** What a visitor can do. */
export interface Actions {
  open(): void;
  close(): void;
  escape(): void;
  toggleOptions(): void;
  write(text: string): void;
  send(): void;
  press(button: Button): void;
  resend(id: string): void;
  takeBack(turn: Turn): void;
  rate(id: string, useful: boolean): void;
  copy(answer: Answer, button: HTMLElement): void;
  followed(id: string, link: Link): void;
  askToErase(what: Erasing): void;
  erase(): void;
  keep(): void;
  reload(): void;
}

export interface View {
  look: Look;
  labels: Labels;
  state: State;
  actions: Actions;
}
