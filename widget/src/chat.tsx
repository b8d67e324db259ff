// The chat on a page: what is open, what the visitor does, and where focus and scrolling go after it is drawn.

import { h, render } from "preact";
import { createApi } from "./api.ts";
import { copyText } from "./clipboard.ts";
import { createConversation, type Report } from "./conversation.ts";
import { plainText } from "./markup.ts";
import type { Answer } from "./protocol.ts";
import { hasKeyboard, showDialog } from "./shown-dialog.ts";
import { countCharacters } from "./view/composer.tsx";
import type { Actions, Labels, Look } from "./view/view.ts";
import { Widget } from "./view/widget.tsx";

/** What the page around can do: window.ArcChat. */
export interface ArcChat {
  open(): void;
  close(): void;
  /** Opens the chat and asks this question. */
  ask(question: string): void;
}

function copyable(answer: Answer): string {
  const links = answer.links.map((link) => `${link.title}\u00a0: ${link.url}`);
  return [plainText(answer.text), ...links, answer.source].filter(Boolean).join("\n\n");
}

/** @param root where to draw; @param tell tells the page what happened, never with any text of the conversation */
export function startChat(
  root: HTMLElement,
  server: string,
  labels: Labels,
  tell: (event: string, detail?: object) => void,
): ArcChat {
  let look: Look = { open: false, unread: 0, draft: "", options: false, asked: null };
  let hide = () => {};
  let shown = "";

  const report: Report = (event, detail) => {
    if (event === "answer" && !look.open) change({ unread: look.unread + 1 });
    tell(event, detail);
  };
  const api = createApi(server);
  const conversation = createConversation(api, report, draw);

  const find = (selector: string) => root.querySelector<HTMLElement>(selector);
  const focus = (selector: string) => find(selector)?.focus({ preventScroll: true });
  // What was pressed disappears: the focus goes where the conversation goes on, without calling the on-screen keyboard
  // of a telephone, which would hide the answer.
  const goOn = () => focus(hasKeyboard() ? "#field" : "section");

  function change(changes: Partial<Look>): void {
    look = { ...look, ...changes };
    draw();
  }

  const actions: Actions = {
    open() {
      if (look.open) return;
      change({ open: true, unread: 0 });
      const dialog = find("dialog") as HTMLDialogElement;
      const first = find(hasKeyboard() ? "#field" : "#title") as HTMLElement;
      hide = showDialog(dialog, first, find(".launcher") as HTMLElement);
      conversation.start();
      tell("open");
    },
    close() {
      if (!look.open) return;
      change({ open: false, options: false, asked: null });
      hide();
      tell("close");
    },
    escape() {
      if (!look.options) return actions.close();
      actions.toggleOptions();
      focus("#options-button");
    },
    toggleOptions: () => change({ options: !look.options }),
    write: (draft) => change({ draft }),
    send() {
      const text = look.draft.trim();
      if (text && countCharacters(text) <= conversation.state().most) {
        change({ draft: "" });
        conversation.ask(text);
      }
      focus("#field");
    },
    press(button) {
      conversation.ask(button.title, button.payload);
      goOn();
    },
    resend(id) {
      conversation.resend(id);
      goOn();
    },
    takeBack(turn) {
      const text = conversation.takeBack(turn.id);
      if (!turn.payload) change({ draft: text });
      focus("#field");
    },
    rate: (id, useful) => conversation.rate(id, useful),
    async copy(answer, button) {
      conversation.tell((await copyText(copyable(answer), button)) ? "copied" : "notCopied");
    },
    followed(id, { title, kind }) {
      const { token } = conversation.state();
      if (token) void api.opened(token, id, title);
      tell("link", { kind });
    },
    askToErase: (asked) => change({ asked }),
    async erase() {
      if (!look.asked || conversation.state().erasing) return;
      await conversation.erase(look.asked);
      change({ asked: null, options: false });
      goOn();
    },
    keep() {
      if (conversation.state().erasing) return;
      change({ asked: null });
      focus("#options-button");
    },
    reload() {
      void conversation.load();
      goOn();
    },
  };

  function draw(): void {
    const state = conversation.state();
    render(<Widget look={look} labels={labels} state={state} actions={actions} />, root);

    // The newest question and the beginning of its answer stay in view (scrollIntoView would scroll the page as well).
    const last = state.turns.at(-1);
    const newest = `${state.edition} ${last?.id} ${last?.state} ${last?.answers.length}`;
    const turn = find(".turn:last-child");
    const scroller = find("section");
    if (turn && scroller && newest !== shown)
      scroller.scrollTop += turn.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 10;
    shown = newest;
  }

  draw();
  return {
    open: actions.open,
    close: actions.close,
    ask(question) {
      actions.open();
      change({ draft: String(question) });
      actions.send();
    },
  };
}
