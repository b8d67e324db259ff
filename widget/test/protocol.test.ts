import { describe, expect, it } from "vitest";
import { readAnswers, readError, readHistory, readOpening, readToken, readTurns } from "../src/protocol.ts";
import { readTabMessage } from "../src/tabs.ts";

const answer = { id: "u1.0", from: "assistant", time: 10, answer: "utter_definition", text: "Bonjour", useful: null };
const question = { id: "u1", from: "user", time: 9, text: "Une question" };

describe("answers", () => {
  it("are read with what they offer", () => {
    const full = {
      ...answer,
      source: "Source",
      buttons: [{ title: "Suite", payload: "/more" }],
      links: [{ title: "Site", url: "https://example.org/", kind: "article" }],
    };
    expect(readAnswers({ messages: [full] })).toEqual([
      {
        id: "u1.0",
        time: 10,
        answer: "utter_definition",
        text: "Bonjour",
        source: "Source",
        buttons: [{ title: "Suite", payload: "/more" }],
        links: [{ title: "Site", url: "https://example.org/", kind: "article" }],
        useful: null,
      },
    ]);
  });

  it("lose the parts that have a wrong shape", () => {
    const spoilt = {
      ...answer,
      time: "now",
      answer: 5,
      source: { a: 1 },
      buttons: [null, "x", { title: "no payload" }, { title: 1, payload: "/x" }],
      links: [{ title: "bad", url: "javascript:alert(1)" }, { title: {}, url: "https://example.org/" }, 7],
      useful: "yes",
    };
    const [read] = readAnswers({ messages: [spoilt, null, 3, "x", [], {}, { id: "a" }] }) ?? [];
    expect(read).toMatchObject({ answer: null, source: null, buttons: [], links: [], useful: undefined });
    expect(Number.isFinite(read?.time)).toBe(true);
  });

  it.each([null, undefined, 5, "x", [], {}, { messages: 5 }, { messages: {} }])("are not read from %j", (body) => {
    expect(readAnswers(body)).toBeNull();
    expect(readHistory(body)).toBeNull();
    expect(readOpening(body)).toBeNull();
  });
});

describe("the history", () => {
  it("becomes turns, in order, each with its answers", () => {
    const second = { ...answer, id: "u1.1", text: "Encore" };
    const turns = readHistory({ messages: [question, answer, second, { ...question, id: "u2" }] });
    expect(turns?.map((turn) => [turn.id, turn.text, turn.answers.map((one) => one.text)])).toEqual([
      ["u1", "Une question", ["Bonjour", "Encore"]],
      ["u2", "Une question", []],
    ]);
  });

  it("keeps an answer without a question, and a question once", () => {
    const turns = readHistory({ messages: [answer, question, null, { from: "user", id: "u3" }, { from: "robot" }] });
    expect(turns).toHaveLength(1);
    expect(turns?.[0]).toMatchObject({ id: "u1", text: null });
  });
});

it("the opening gives its buttons and a safe link", () => {
  const messages = [{ ...answer, buttons: [{ title: "A", payload: "/a" }] }];
  const read = (privacy_url: unknown) => readOpening({ messages, privacy_url });
  expect(read("https://example.org/p")).toEqual({
    buttons: [{ title: "A", payload: "/a" }],
    privacyUrl: "https://example.org/p",
  });
  expect(read("javascript:alert(1)")?.privacyUrl).toBeNull();
  expect(read(null)?.privacyUrl).toBeNull();
});

it("a token is a text that is not empty", () => {
  expect(readToken({ token: "abc" })).toBe("abc");
  for (const body of [{ token: "" }, { token: 5 }, null, []]) expect(readToken(body)).toBeNull();
});

it("errors carry how long to wait and how much is taken", () => {
  expect(readError({ error: "too_many", retry_after: 11.2 })).toEqual({ code: "too_many", wait: 12 });
  expect(readError({ error: "too_long", max_characters: 500 })).toEqual({ code: "too_long", most: 500 });
  expect(readError({ error: 5, retry_after: "x" })).toEqual({ code: "internal" });
  expect(readError("<html>")).toEqual({ code: "internal" });
});

it("stored turns survive storing, and nothing else does", () => {
  const turn = {
    id: "u1",
    text: "x",
    payload: "/x",
    time: 9,
    state: "failed",
    problem: { code: "network" },
    answers: [],
  };
  expect(readTurns(JSON.parse(JSON.stringify([turn])))).toEqual([turn]);
  expect(readTurns([null, 5, {}, { id: "a" }, { id: "a", state: "done" }, { state: "sent" }])).toEqual([]);
  expect(readTurns("x")).toEqual([]);
});

it("another tab's message is checked", () => {
  expect(readTabMessage({ token: null, gone: 5, turns: [{}] })).toEqual({ turns: [], token: null });
  expect(readTabMessage({ token: 5, gone: "u1" })).toEqual({ turns: [], gone: "u1" });
  expect(readTabMessage("x")).toEqual({});
});
