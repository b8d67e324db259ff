// The conversation: what is shown of it, and what can be done with it. Knows no elements.

import { type Api, isLost, TIME_LIMIT, toProblem } from "./api.ts";
import { type Answer, now, type Opening, type Problem, type Turn } from "./protocol.ts";
import { readStored, writeStored } from "./storage.ts";
import { joinTabs, type TabMessage } from "./tabs.ts";
import { uuid } from "./uuid.ts";

export const SLOW_AFTER = 5_000;
const NOTICE_LASTS = 8_000;
const ONLINE_SETTLES = 1_000; // the event comes before the first request gets through
const LOCK = "arc-chat";

/** Good news, or neutral: read out when there is time. */
export type Notice = "restarted" | "erased" | "expired" | "thanks" | "copied" | "notCopied";
/** What failed apart from a message (which carries its own problem). */
export type Trouble = "noOpening" | "notLoaded" | "feedbackFailed" | "eraseFailed";

export interface State {
  /** Names this conversation to the server; null where there is none. */
  token: string | null;
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

export type Conversation = ReturnType<typeof createConversation>;

/** @param changed is called after every change of the state */
export function createConversation(api: Api, report: Report, changed: () => void) {
  let state: State = {
    token: null,
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
  let post: ((message: TabMessage) => void) | undefined;
  /** One thing at a time, so that messages arrive in the order in which they were written. */
  let queue: Promise<unknown> = Promise.resolve();
  let noticeTimer: ReturnType<typeof setTimeout> | undefined;

  /** Called when the visitor first opens the chat: nothing is stored, read or asked before. */
  function start(): void {
    if (post) return;
    post = joinTabs(receive);
    addEventListener("online", () => {
      set({ online: true });
      setTimeout(goOn, ONLINE_SETTLES);
    });
    addEventListener("offline", () => set({ online: false }));
    addEventListener("pageshow", (event) => {
      if (event.persisted) void load(); // back from the browser's page cache: other pages may have gone on
    });
    const stored = readStored();
    set({ token: stored.token, turns: stored.unsent });
    // The page was left while these were under way. The server knows an id that it has already answered.
    for (const turn of stored.unsent) if (isPending(turn)) resend(turn.id);
    void load();
  }

  /** Makes up for what failed while there was no network. */
  function goOn(): void {
    if (state.trouble === "noOpening" || state.trouble === "notLoaded") void load();
    for (const turn of state.turns) if (turn.problem?.code === "offline") resend(turn.id);
  }

  async function load(): Promise<void> {
    const token = state.token;
    const shown = new Set(state.turns.filter((turn) => turn.state === "sent").map((turn) => turn.id));
    const [opening, history] = await Promise.allSettled([
      state.opening ?? api.opening(),
      token ? api.history(token) : [],
    ]);
    if (token && token !== state.token) return load(); // it was replaced meanwhile
    const changes: Partial<State> = { loaded: true, trouble: null, edition: state.edition + 1 };
    if (opening.status === "fulfilled") changes.opening = opening.value;
    else changes.trouble = "noOpening";
    if (history.status === "fulfilled") {
      const answered = new Set(history.value.filter((turn) => turn.answers.length).map((turn) => turn.id));
      const ours = state.turns.filter((turn) => !shown.has(turn.id) && !answered.has(turn.id));
      const unanswered = new Set(ours.map((turn) => turn.id));
      changes.turns = [...history.value.filter((turn) => !unanswered.has(turn.id)), ...ours];
    } else if (isLost(history.reason)) lose();
    else changes.trouble = "notLoaded";
    set(changes);
    save();
  }

  /** Sends what the visitor wrote, or the button that was pressed. */
  function ask(text: string, payload?: string): void {
    const turn: Turn = { id: uuid(), text, time: now(), state: "sending", answers: [] };
    if (payload) turn.payload = payload;
    set({ turns: [...state.turns, turn], notice: null });
    share(turn);
    report("message-sent", { kind: payload ? "button" : "text" });
    enqueue(() => deliver(turn.id));
  }

  function resend(id: string): void {
    const turn = find(id);
    if (!turn || turn.state === "sent" || turn.problem?.wait) return;
    change(id, { state: "sending", problem: undefined });
    enqueue(() => deliver(id));
  }

  /** Takes back a message that was not sent; gives its text. */
  function takeBack(id: string): string {
    const turn = find(id);
    remove(id);
    post?.({ gone: id });
    return turn?.text ?? "";
  }

  /** Deletes the conversation on the server, then here. What is under way is waited for: it would arrive afterwards. */
  function erase(notice: "erased" | "restarted"): Promise<void> {
    set({ erasing: true, trouble: null });
    return enqueue(async () => {
      let told: Notice = notice;
      try {
        if (state.token) await api.erase(state.token);
      } catch (error) {
        if (!isLost(error)) {
          set({ erasing: false, trouble: "eraseFailed" });
          return;
        }
        told = "expired";
      }
      forget(told);
      save();
      post?.({ token: null });
    });
  }

  async function rate(id: string, useful: boolean): Promise<void> {
    const turn = state.turns.find((one) => one.answers.some((answer) => answer.id === id));
    const answer = turn?.answers.find((one) => one.id === id);
    if (!turn || !answer || !state.token || answer.useful === useful) return;
    const mark = (value: boolean | null | undefined) => {
      const answers = find(turn.id)?.answers ?? [];
      change(turn.id, { answers: answers.map((one) => (one.id === id ? { ...one, useful: value } : one)) });
    };
    set({ trouble: null });
    mark(useful);
    try {
      await api.feedback(state.token, id, useful);
      tell("thanks");
      report("feedback", { answer: answer.answer, useful });
    } catch {
      mark(answer.useful);
      set({ trouble: "feedbackFailed" });
    }
  }

  /** Says something in the status line. What concerns a single click goes away again. */
  function tell(notice: Notice): void {
    clearTimeout(noticeTimer);
    set({ notice });
    if (notice === "thanks" || notice === "copied" || notice === "notCopied")
      noticeTimer = setTimeout(() => set({ notice: null }), NOTICE_LASTS);
  }

  async function deliver(id: string, again = false): Promise<void> {
    const turn = find(id);
    if (!turn || !isPending(turn)) return; // taken back, deleted, or answered in another tab
    const slow = setTimeout(() => change(id, { state: "slow" }), SLOW_AFTER);
    try {
      const answers = await exchange(turn);
      if (!find(id)) return;
      change(id, { state: "sent", answers, problem: undefined });
      set({ trouble: null });
      for (const answer of answers) report("answer", { answer: answer.answer });
    } catch (error) {
      if (again || !isLost(error)) return fail(id, toProblem(error));
      lose();
      return deliver(id, true);
    } finally {
      clearTimeout(slow);
    }
  }

  async function exchange({ id, text, payload }: Turn): Promise<Answer[]> {
    const signal = AbortSignal.timeout(TIME_LIMIT);
    const token = state.token ?? (await begin(signal));
    return api.send(token, id, payload ? { payload } : { text: text ?? "" }, signal);
  }

  /** Gets a token; only one tab at a time, so that two do not begin a conversation each. */
  async function begin(signal: AbortSignal): Promise<string> {
    const make = async () => {
      const token = readStored().token ?? (await api.begin(signal));
      set({ token });
      save();
      post?.({ token });
      return token;
    };
    let made: Promise<string> | undefined;
    try {
      await navigator.locks.request(LOCK, () => {
        made = make();
        return made;
      });
    } catch {
      // there are none without https, and they are denied where site data is: then this tab is alone
    }
    return made ?? make();
  }

  /** The token is no longer good. Another tab may already have a new one. */
  function lose(): void {
    const stored = readStored().token;
    set({
      token: stored === state.token ? null : stored,
      turns: state.turns.filter((turn) => turn.state !== "sent"),
      edition: state.edition + 1,
      notice: "expired",
    });
    save();
  }

  function forget(notice: Notice): void {
    set({ token: null, turns: [], edition: state.edition + 1, erasing: false });
    tell(notice);
  }

  function fail(id: string, problem: Problem): void {
    change(id, { state: "failed", problem });
    if (problem.most) set({ most: problem.most });
    if (problem.wait)
      setTimeout(() => {
        if (find(id)?.problem === problem) change(id, { problem: { code: problem.code } });
      }, problem.wait * 1000);
  }

  function receive({ turns, gone, token }: TabMessage): void {
    for (const turn of turns ?? []) merge(turn);
    if (gone) remove(gone);
    if (token === null) forget("erased");
    else if (token && token !== state.token) {
      if (state.token) lose();
      set({ token });
    }
  }

  function merge(turn: Turn): void {
    const known = find(turn.id);
    if (known?.state === "sent" && turn.state !== "sent") return;
    const turns = state.turns;
    set({ turns: known ? turns.map((one) => (one === known ? turn : one)) : [...turns, turn] });
    // the other tab may be closed before it hears the answer
    if (isPending(turn)) setTimeout(() => giveUp(turn.id), 2 * TIME_LIMIT);
  }

  function giveUp(id: string): void {
    const turn = find(id);
    if (turn && isPending(turn)) fail(id, { code: "timeout" });
  }

  function enqueue(task: () => Promise<void>): Promise<void> {
    const done = queue.then(task);
    queue = done.catch(() => {});
    return done;
  }

  function find(id: string): Turn | undefined {
    return state.turns.find((turn) => turn.id === id);
  }

  function remove(id: string): void {
    set({ turns: state.turns.filter((turn) => turn.id !== id) });
    save();
  }

  /** Changes a turn if it is still there, here and in the other tabs. */
  function change(id: string, changes: Partial<Turn>): void {
    const turn = find(id);
    if (!turn) return;
    const changed = { ...turn, ...changes };
    set({ turns: state.turns.map((one) => (one === turn ? changed : one)) });
    share(changed);
  }

  function share(turn: Turn): void {
    save();
    post?.({ turns: [turn] });
  }

  function save(): void {
    writeStored({ token: state.token, unsent: state.turns.filter((turn) => turn.state !== "sent") });
  }

  function set(changes: Partial<State>): void {
    state = { ...state, ...changes };
    changed();
  }

  return { state: () => state, start, load, ask, resend, takeBack, erase, rate, tell };
}
