import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Api } from "../src/api.ts";
import { type Conversation, createConversation, SLOW_AFTER } from "../src/conversation.ts";
import type { Answer, Problem, Turn } from "../src/protocol.ts";

const failing = (problem: Problem) => async () => Promise.reject(new Error(problem.code, { cause: problem }));

const answerTo = (id: string): Answer => ({
  id: `${id}.0`,
  time: 1,
  answer: "utter_definition",
  text: "Une réponse",
  source: null,
  buttons: [],
  links: [],
  useful: null,
});

const told = (id: string): Turn => ({ id, text: id, time: 1, state: "sent", answers: [answerTo(id)] });

function fakeApi() {
  return {
    opening: vi.fn<Api["opening"]>(async () => ({ buttons: [{ title: "A", payload: "/a" }], privacyUrl: null })),
    begin: vi.fn<Api["begin"]>(async () => "token-1"),
    history: vi.fn<Api["history"]>(async () => []),
    erase: vi.fn<Api["erase"]>(async () => true),
    feedback: vi.fn<Api["feedback"]>(async () => true),
    opened: vi.fn<Api["opened"]>(async () => true),
    send: vi.fn<Api["send"]>(async (_token, id) => [answerTo(id)]),
  };
}

// The tabs of these tests are one page, so their messages go through this instead of the browser.
const channels = new Set<FakeChannel>();
class FakeChannel {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  constructor() {
    channels.add(this);
  }
  postMessage(data: unknown) {
    for (const other of channels) if (other !== this) other.onmessage?.({ data: structuredClone(data) });
  }
}

let api: ReturnType<typeof fakeApi>;
let report: ReturnType<typeof vi.fn>;

function tab(): Conversation {
  return createConversation(api, report as never, () => {});
}

async function opened(): Promise<Conversation> {
  const conversation = tab();
  conversation.start();
  await settle();
  return conversation;
}

const settle = () => vi.advanceTimersByTimeAsync(1);
const turns = (conversation: Conversation) => conversation.state().turns;
const states = (conversation: Conversation) => turns(conversation).map((turn) => [turn.text, turn.state]);
const stored = () => JSON.parse(localStorage.getItem("arc-chat") ?? "null");

function setOnline(value: boolean): void {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(value);
  dispatchEvent(new Event(value ? "online" : "offline"));
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("BroadcastChannel", FakeChannel);
  channels.clear();
  localStorage.clear();
  api = fakeApi();
  report = vi.fn();
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("before the chat is opened", () => {
  it("nothing is read, stored or asked", () => {
    const read = vi.spyOn(Storage.prototype, "getItem");
    tab();
    expect(read).not.toHaveBeenCalled();
    expect(api.opening).not.toHaveBeenCalled();
    expect(channels.size).toBe(0);
  });

  it("opening it stores nothing yet", async () => {
    const conversation = await opened();
    expect(conversation.state()).toMatchObject({ loaded: true, token: null, opening: { buttons: [{ title: "A" }] } });
    expect(stored()).toBeNull();
    expect(api.begin).not.toHaveBeenCalled();
  });
});

describe("sending", () => {
  it("begins a conversation once, and answers in order", async () => {
    const conversation = await opened();
    conversation.ask("un");
    conversation.ask("deux", "/deux");
    expect(states(conversation)).toEqual([
      ["un", "sending"],
      ["deux", "sending"],
    ]);
    await settle();
    expect(api.begin).toHaveBeenCalledTimes(1);
    expect(api.send.mock.calls.map(([token, , content]) => [token, content])).toEqual([
      ["token-1", { text: "un" }],
      ["token-1", { payload: "/deux" }],
    ]);
    expect(states(conversation)).toEqual([
      ["un", "sent"],
      ["deux", "sent"],
    ]);
    expect(stored()).toEqual({ token: "token-1", unsent: [] });
  });

  it("tells the page what happened without any text", async () => {
    const conversation = await opened();
    conversation.ask("secret");
    await settle();
    expect(report.mock.calls).toEqual([
      ["message-sent", { kind: "text" }],
      ["answer", { answer: "utter_definition" }],
    ]);
  });

  it("says after a while that it takes long", async () => {
    const conversation = await opened();
    api.send.mockImplementationOnce(() => new Promise(() => {}));
    conversation.ask("un");
    await vi.advanceTimersByTimeAsync(SLOW_AFTER - 10);
    expect(states(conversation)).toEqual([["un", "sending"]]);
    await vi.advanceTimersByTimeAsync(20);
    expect(states(conversation)).toEqual([["un", "slow"]]);
  });

  it("keeps what failed and sends it again with the same id", async () => {
    const conversation = await opened();
    api.send.mockImplementationOnce(failing({ code: "network" }));
    conversation.ask("un");
    await settle();
    const [turn] = turns(conversation);
    expect(turn).toMatchObject({ state: "failed", problem: { code: "network" } });
    expect(stored().unsent).toHaveLength(1);
    conversation.resend(turn?.id ?? "");
    await settle();
    expect(states(conversation)).toEqual([["un", "sent"]]);
    expect(new Set(api.send.mock.calls.map(([, id]) => id)).size).toBe(1);
  });

  it("waits as long as the server asks", async () => {
    const conversation = await opened();
    api.send.mockImplementationOnce(failing({ code: "too_many", wait: 12 }));
    conversation.ask("un");
    await settle();
    const id = turns(conversation)[0]?.id ?? "";
    conversation.resend(id);
    await settle();
    expect(states(conversation)).toEqual([["un", "failed"]]);
    await vi.advanceTimersByTimeAsync(12_000);
    conversation.resend(id);
    await settle();
    expect(states(conversation)).toEqual([["un", "sent"]]);
  });

  it("learns a shorter limit from the server", async () => {
    const conversation = await opened();
    api.send.mockImplementationOnce(failing({ code: "too_long", most: 500 }));
    conversation.ask("un");
    await settle();
    expect(conversation.state().most).toBe(500);
  });

  it("takes a failed message back", async () => {
    const conversation = await opened();
    api.send.mockImplementationOnce(failing({ code: "network" }));
    conversation.ask("un");
    await settle();
    expect(conversation.takeBack(turns(conversation)[0]?.id ?? "")).toBe("un");
    expect(turns(conversation)).toEqual([]);
    expect(stored().unsent).toEqual([]);
  });

  it("goes on by itself when the network is back", async () => {
    const conversation = await opened();
    setOnline(false);
    api.send.mockImplementationOnce(failing({ code: "offline" }));
    conversation.ask("un");
    await settle();
    expect(conversation.state().online).toBe(false);
    setOnline(true);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(conversation.state().online).toBe(true);
    expect(states(conversation)).toEqual([["un", "sent"]]);
  });
});

describe("another page or visit", () => {
  it("shows the history", async () => {
    localStorage.setItem("arc-chat", JSON.stringify({ token: "token-0", unsent: [] }));
    api.history.mockResolvedValue([told("un")]);
    const conversation = await opened();
    expect(api.history).toHaveBeenCalledWith("token-0");
    expect(states(conversation)).toEqual([["un", "sent"]]);
  });

  it("keeps failed messages, and finishes what was under way", async () => {
    const unsent = [
      { id: "a", text: "failed", time: 1, state: "failed", problem: { code: "network" }, answers: [] },
      { id: "b", text: "left", time: 1, state: "slow", answers: [] },
    ];
    localStorage.setItem("arc-chat", JSON.stringify({ token: "token-0", unsent }));
    const conversation = await opened();
    expect(states(conversation)).toEqual([
      ["failed", "failed"],
      ["left", "sent"],
    ]);
    expect(api.send).toHaveBeenCalledTimes(1);
  });

  it("does not double what the server has answered meanwhile", async () => {
    const unsent = [{ id: "a", text: "a", time: 1, state: "failed", answers: [] }];
    localStorage.setItem("arc-chat", JSON.stringify({ token: "token-0", unsent }));
    api.history.mockResolvedValue([told("a")]);
    expect(states(await opened())).toEqual([["a", "sent"]]);
    expect(stored().unsent).toEqual([]);
  });

  it("says that the history could not be loaded, and can try again", async () => {
    localStorage.setItem("arc-chat", JSON.stringify({ token: "token-0", unsent: [] }));
    api.history.mockImplementationOnce(failing({ code: "network" }));
    const conversation = await opened();
    expect(conversation.state().trouble).toBe("notLoaded");
    api.history.mockResolvedValue([told("un")]);
    await conversation.load();
    expect(conversation.state().trouble).toBeNull();
    expect(turns(conversation)).toHaveLength(1);
  });

  it.each(["{", "5", "null", '{"token":5,"unsent":{}}', '{"unsent":[{"id":"<b>"}]}'])("survives %s", async (text) => {
    localStorage.setItem("arc-chat", text);
    const conversation = await opened();
    expect(conversation.state()).toMatchObject({ token: null, turns: [], loaded: true });
  });
});

describe("a token that is no longer good", () => {
  it.each(["bad_token", "expired_token"])("%s begins anew and keeps what was written", async (code) => {
    localStorage.setItem("arc-chat", JSON.stringify({ token: "token-0", unsent: [] }));
    api.history.mockResolvedValue([told("old")]);
    const conversation = await opened();
    api.send.mockImplementationOnce(failing({ code }));
    conversation.ask("un");
    await settle();
    expect(conversation.state()).toMatchObject({ token: "token-1", notice: "expired" });
    expect(states(conversation)).toEqual([["un", "sent"]]);
  });

  it("is not tried for ever", async () => {
    const conversation = await opened();
    api.send.mockImplementation(failing({ code: "bad_token" }));
    conversation.ask("un");
    await settle();
    expect(api.send).toHaveBeenCalledTimes(2);
    expect(states(conversation)).toEqual([["un", "failed"]]);
  });

  it("is found out on loading", async () => {
    localStorage.setItem("arc-chat", JSON.stringify({ token: "token-0", unsent: [] }));
    api.history.mockImplementation(failing({ code: "expired_token" }));
    const conversation = await opened();
    expect(conversation.state()).toMatchObject({ token: null, notice: "expired", loaded: true });
    expect(stored()).toBeNull();
  });
});

describe("deleting", () => {
  it("forgets the token once the server has deleted", async () => {
    const conversation = await opened();
    conversation.ask("un");
    await settle();
    await conversation.erase("erased");
    expect(api.erase).toHaveBeenCalledWith("token-1");
    expect(conversation.state()).toMatchObject({ token: null, turns: [], notice: "erased", erasing: false });
    expect(stored()).toBeNull();
  });

  it("waits for the answer that is under way", async () => {
    const conversation = await opened();
    conversation.ask("un");
    const done = conversation.erase("restarted");
    expect(api.erase).not.toHaveBeenCalled();
    await done;
    expect(api.send.mock.invocationCallOrder[0]).toBeLessThan(api.erase.mock.invocationCallOrder[0] ?? 0);
    expect(turns(conversation)).toEqual([]);
  });

  it("keeps everything where it failed", async () => {
    const conversation = await opened();
    conversation.ask("un");
    await settle();
    api.erase.mockImplementationOnce(failing({ code: "network" }));
    await conversation.erase("erased");
    expect(conversation.state()).toMatchObject({ token: "token-1", trouble: "eraseFailed", erasing: false });
    expect(turns(conversation)).toHaveLength(1);
  });
});

describe("feedback", () => {
  it("is marked at once and stored", async () => {
    const conversation = await opened();
    conversation.ask("un");
    await settle();
    const id = turns(conversation)[0]?.answers[0]?.id ?? "";
    await conversation.rate(id, true);
    expect(api.feedback).toHaveBeenCalledWith("token-1", id, true);
    expect(turns(conversation)[0]?.answers[0]?.useful).toBe(true);
    expect(conversation.state().notice).toBe("thanks");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(conversation.state().notice).toBeNull();
  });

  it("is taken back where it could not be stored", async () => {
    const conversation = await opened();
    conversation.ask("un");
    await settle();
    api.feedback.mockImplementationOnce(failing({ code: "network" }));
    await conversation.rate(turns(conversation)[0]?.answers[0]?.id ?? "", false);
    expect(turns(conversation)[0]?.answers[0]?.useful).toBeNull();
    expect(conversation.state().trouble).toBe("feedbackFailed");
  });
});

describe("two tabs", () => {
  it("show the same, with one conversation", async () => {
    const [one, two] = [await opened(), await opened()];
    one.ask("un");
    expect(states(two)).toEqual([["un", "sending"]]);
    await settle();
    two.ask("deux");
    await settle();
    expect(states(one)).toEqual(states(two));
    expect(states(one)).toEqual([
      ["un", "sent"],
      ["deux", "sent"],
    ]);
    expect(api.begin).toHaveBeenCalledTimes(1);
  });

  it("lose a deleted conversation together", async () => {
    const [one, two] = [await opened(), await opened()];
    one.ask("un");
    await settle();
    await two.erase("erased");
    expect(one.state()).toMatchObject({ token: null, turns: [], notice: "erased" });
  });

  it("do not undo an answer that has come", async () => {
    const two = await opened();
    const other = new FakeChannel();
    other.postMessage({ turns: [told("a")] });
    other.postMessage({ turns: [{ ...told("a"), state: "sending", answers: [] }] });
    expect(states(two)).toEqual([["a", "sent"]]);
  });

  it("take a message back together", async () => {
    const [one, two] = [await opened(), await opened()];
    api.send.mockImplementationOnce(failing({ code: "network" }));
    one.ask("un");
    await settle();
    expect(states(two)).toEqual([["un", "failed"]]);
    one.takeBack(turns(one)[0]?.id ?? "");
    expect(turns(two)).toEqual([]);
  });

  it("do not wait for ever for a tab that was closed", async () => {
    const two = await opened();
    new FakeChannel().postMessage({ turns: [{ id: "a", text: "a", time: 1, state: "sending", answers: [] }] });
    expect(states(two)).toEqual([["a", "sending"]]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states(two)).toEqual([["a", "failed"]]);
  });
});

it("works without storage", async () => {
  const denied = () => {
    throw new DOMException("denied", "SecurityError");
  };
  vi.stubGlobal("localStorage", { getItem: denied, setItem: denied, removeItem: denied });
  const conversation = await opened();
  conversation.ask("un");
  conversation.ask("deux");
  await settle();
  expect(states(conversation)).toEqual([
    ["un", "sent"],
    ["deux", "sent"],
  ]);
  expect(api.begin).toHaveBeenCalledTimes(1);
  await conversation.erase("erased");
  expect(conversation.state().token).toBeNull();
});
