// The conversation: what is shown of it, and what can be done with it. Knows no elements.

import { type Api, isLost, TIME_LIMIT, toProblem } from "./api.ts";
import { now, type Opening, type Problem, type Turn } from "./protocol.ts";
import { readStored, writeStored } from "./storage.ts";
import { type TabMessage, Tabs } from "./tabs.ts";
import { uuid } from "./uuid.ts";

export const SLOW_AFTER = 10_000;
const NOTICE_LASTS = 8_000;
const LOCK = "arc-chat";

/** Good news, or neutral: read out when there is time. */
export type Notice = "restarted" | "erased" | "expired" | "thanks" | "copied" | "notCopied";
/** What failed apart from a message (which carries its own problem). */
export type Trouble = "noOpening" | "notLoaded" | "feedbackFailed" | "eraseFailed";

export interface State {
  turns: Turn[];
  opening: Opening | null;
  /** False until the history has been asked for. */
  loaded: boolean;
  /** Counts what replaces the whole history, so that it is drawn anew instead of being read out line by line. */
  edition: number;
  online: boolean;
  erasing: boolean;
  /** The most characters of a message. */
  most: number;
  notice: Notice | null;
  trouble: Trouble | null;
}

/** Tells the page around what happened, without any text of the conversation. */
export type Report = (event: "message-sent" | "answer" | "feedback", detail: Record<string, unknown>) => void;

export const isPending = (turn: Turn) => turn.state === "sending" || turn.state === "slow";

export class Conversation {
  state: State = {
    turns: [],
    opening: null,
    loaded: false,
    edition: 0,
    online: navigator.onLine,
    erasing: false,
    most: 2000,
    notice: null,
    trouble: null,
  };
  onchange: () => void = () => {};

  readonly #api: Api;
  readonly #report: Report;
  #tabs: Tabs | null = null;
  #token: string | null = null;
  /** One thing at a time, so that messages arrive in the order in which they were written. */
  #queue: Promise<unknown> = Promise.resolve();
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api, report: Report) {
    this.#api = api;
    this.#report = report;
  }

  get hasStarted(): boolean {
    return this.#token !== null || this.state.turns.length > 0;
  }

  /** Called when the visitor first opens the chat: nothing is stored, read or asked before. */
  start(): void {
    if (this.#tabs) return;
    this.#tabs = new Tabs((message) => this.#receive(message));
    addEventListener("online", () => {
      this.#set({ online: true });
      if (this.state.trouble === "noOpening" || this.state.trouble === "notLoaded") void this.load();
      for (const turn of this.state.turns) if (turn.problem?.code === "offline") this.resend(turn.id);
    });
    addEventListener("offline", () => this.#set({ online: false }));
    addEventListener("pageshow", (event) => {
      if (event.persisted) void this.load(); // back from the browser's page cache: other pages may have gone on
    });
    const stored = readStored();
    this.#token = stored.token;
    this.#set({ turns: stored.unsent });
    // The page was left while these were under way. The server knows an id that it has already answered.
    for (const turn of stored.unsent) if (isPending(turn)) this.resend(turn.id);
    void this.load();
  }

  async load(): Promise<void> {
    const token = this.#token;
    const shown = new Set(this.state.turns.filter((turn) => turn.state === "sent").map((turn) => turn.id));
    const [opening, history] = await Promise.allSettled([
      this.state.opening ?? this.#api.opening(),
      token ? this.#api.history(token) : [],
    ]);
    if (token && token !== this.#token) return this.load(); // it was replaced meanwhile
    const changes: Partial<State> = { loaded: true, trouble: null, edition: this.state.edition + 1 };
    if (opening.status === "fulfilled") changes.opening = opening.value;
    else changes.trouble = "noOpening";
    if (history.status === "fulfilled") {
      const answered = new Set(history.value.filter((turn) => turn.answers.length).map((turn) => turn.id));
      const ours = this.state.turns.filter((turn) => !shown.has(turn.id) && !answered.has(turn.id));
      const unanswered = new Set(ours.map((turn) => turn.id));
      changes.turns = [...history.value.filter((turn) => !unanswered.has(turn.id)), ...ours];
    } else if (isLost(history.reason)) this.#lose();
    else changes.trouble = "notLoaded";
    this.#set(changes);
    this.#save();
  }

  /** Sends what the visitor wrote, or the button that was pressed. */
  ask(text: string, payload?: string): void {
    const turn: Turn = { id: uuid(), text, time: now(), state: "sending", answers: [] };
    if (payload) turn.payload = payload;
    this.#set({ turns: [...this.state.turns, turn], notice: null });
    this.#share(turn);
    this.#report("message-sent", { kind: payload ? "button" : "text" });
    this.#enqueue(() => this.#deliver(turn.id));
  }

  resend(id: string): void {
    const turn = this.#find(id);
    if (!turn || turn.state === "sent" || turn.problem?.wait) return;
    this.#change(id, { state: "sending", problem: undefined });
    this.#enqueue(() => this.#deliver(id));
  }

  /** Takes back a message that was not sent; gives its text. */
  takeBack(id: string): string {
    const turn = this.#find(id);
    this.#remove(id);
    this.#tabs?.post({ gone: id });
    return turn?.text ?? "";
  }

  /** Deletes the conversation on the server, then here. What is under way is waited for: it would arrive afterwards. */
  erase(notice: "erased" | "restarted"): Promise<void> {
    this.#set({ erasing: true, trouble: null });
    return this.#enqueue(async () => {
      let told: Notice = notice;
      try {
        if (this.#token) await this.#api.erase(this.#token);
      } catch (error) {
        if (!isLost(error)) {
          this.#set({ erasing: false, trouble: "eraseFailed" });
          return;
        }
        told = "expired";
      }
      this.#forget(told);
      this.#save();
      this.#tabs?.post({ token: null });
    });
  }

  async rate(id: string, useful: boolean): Promise<void> {
    const turn = this.state.turns.find((one) => one.answers.some((answer) => answer.id === id));
    const answer = turn?.answers.find((one) => one.id === id);
    if (!turn || !answer || !this.#token || answer.useful === useful) return;
    const mark = (value: boolean | null | undefined) => {
      const answers = this.#find(turn.id)?.answers ?? [];
      this.#change(turn.id, { answers: answers.map((one) => (one.id === id ? { ...one, useful: value } : one)) });
    };
    this.#set({ trouble: null });
    mark(useful);
    try {
      await this.#api.feedback(this.#token, id, useful);
      this.tell("thanks");
      this.#report("feedback", { answer: answer.answer, useful });
    } catch {
      mark(answer.useful);
      this.#set({ trouble: "feedbackFailed" });
    }
  }

  /** Says something in the status line. What concerns a single click goes away again. */
  tell(notice: Notice): void {
    clearTimeout(this.#noticeTimer);
    this.#set({ notice });
    if (notice === "thanks" || notice === "copied" || notice === "notCopied")
      this.#noticeTimer = setTimeout(() => this.#set({ notice: null }), NOTICE_LASTS);
  }

  async #deliver(id: string, again = false): Promise<void> {
    const turn = this.#find(id);
    if (!turn || !isPending(turn)) return; // taken back, deleted, or answered in another tab
    if (!navigator.onLine) return this.#fail(id, { code: "offline" });
    const slow = setTimeout(() => this.#change(id, { state: "slow" }), SLOW_AFTER);
    try {
      const signal = AbortSignal.timeout(TIME_LIMIT);
      const token = this.#token ?? (await this.#begin(signal));
      const content = turn.payload ? { payload: turn.payload } : { text: turn.text ?? "" };
      const answers = await this.#api.send(token, id, content, signal);
      if (!this.#find(id)) return;
      this.#change(id, { state: "sent", answers, problem: undefined });
      this.#set({ trouble: null });
      for (const answer of answers) this.#report("answer", { answer: answer.answer });
    } catch (error) {
      if (again || !isLost(error)) return this.#fail(id, toProblem(error));
      this.#lose();
      return this.#deliver(id, true);
    } finally {
      clearTimeout(slow);
    }
  }

  /** Gets a token; only one tab at a time, so that two do not begin a conversation each. */
  async #begin(signal: AbortSignal): Promise<string> {
    const make = async () => {
      this.#token = readStored().token ?? (await this.#api.begin(signal));
      this.#save();
      this.#tabs?.post({ token: this.#token });
      return this.#token;
    };
    return navigator.locks ? navigator.locks.request(LOCK, make) : make();
  }

  /** The token is no longer good. Another tab may already have a new one. */
  #lose(): void {
    const stored = readStored().token;
    this.#token = stored === this.#token ? null : stored;
    this.#set({ ...this.#emptied(this.state.turns.filter((turn) => turn.state !== "sent")), notice: "expired" });
    this.#save();
  }

  #forget(notice: Notice): void {
    this.#token = null;
    this.#set({ ...this.#emptied([]), erasing: false });
    this.tell(notice);
  }

  #emptied(turns: Turn[]): Partial<State> {
    return { turns, edition: this.state.edition + 1 };
  }

  #fail(id: string, problem: Problem): void {
    this.#change(id, { state: "failed", problem });
    if (problem.most) this.#set({ most: problem.most });
    if (problem.wait)
      setTimeout(() => {
        if (this.#find(id)?.problem === problem) this.#change(id, { problem: { code: problem.code } });
      }, problem.wait * 1000);
  }

  #receive({ turns, gone, token }: TabMessage): void {
    for (const turn of turns ?? []) this.#merge(turn);
    if (gone) this.#remove(gone);
    if (token === null) this.#forget("erased");
    else if (token && token !== this.#token) {
      if (this.#token) this.#lose();
      this.#token = token;
      this.#set({});
    }
  }

  #merge(turn: Turn): void {
    const known = this.#find(turn.id);
    if (known?.state === "sent" && turn.state !== "sent") return;
    const turns = this.state.turns;
    this.#set({ turns: known ? turns.map((one) => (one === known ? turn : one)) : [...turns, turn] });
    // the other tab may be closed before it hears the answer
    if (isPending(turn)) setTimeout(() => this.#giveUp(turn.id), 2 * TIME_LIMIT);
  }

  #giveUp(id: string): void {
    const turn = this.#find(id);
    if (turn && isPending(turn)) this.#fail(id, { code: "timeout" });
  }

  #enqueue(task: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(task);
    this.#queue = done.catch(() => {});
    return done;
  }

  #find(id: string): Turn | undefined {
    return this.state.turns.find((turn) => turn.id === id);
  }

  #remove(id: string): void {
    this.#set({ turns: this.state.turns.filter((turn) => turn.id !== id) });
    this.#save();
  }

  /** Changes a turn if it is still there, here and in the other tabs. */
  #change(id: string, changes: Partial<Turn>): void {
    const turn = this.#find(id);
    if (!turn) return;
    const changed = { ...turn, ...changes };
    this.#set({ turns: this.state.turns.map((one) => (one === turn ? changed : one)) });
    this.#share(changed);
  }

  #share(turn: Turn): void {
    this.#save();
    this.#tabs?.post({ turns: [turn] });
  }

  #save(): void {
    writeStored({ token: this.#token, unsent: this.state.turns.filter((turn) => turn.state !== "sent") });
  }

  #set(changes: Partial<State>): void {
    this.state = { ...this.state, ...changes };
    this.onchange();
  }
}
