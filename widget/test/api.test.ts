import { afterEach, describe, expect, it, vi } from "vitest";
import { createApi, isLost, toProblem } from "../src/api.ts";

const api = createApi("https://bot.example/webhooks/widget/");
const signal = new AbortController().signal;

function answer(status: number, body: unknown) {
  const response = new Response(status === 204 ? null : typeof body === "string" ? body : JSON.stringify(body), {
    status,
  });
  const fetch = vi.fn(async (..._: unknown[]) => response);
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

const problemOf = (promise: Promise<unknown>) => promise.then(() => null, toProblem);

afterEach(() => vi.unstubAllGlobals());

describe("requests", () => {
  it("carry the token in a header, never in the address", async () => {
    const fetch = answer(200, { messages: [] });
    await api.history("secret");
    expect(fetch).toHaveBeenCalledWith(
      "https://bot.example/webhooks/widget/conversation",
      expect.objectContaining({ method: "GET", headers: { Authorization: "Bearer secret" }, credentials: "omit" }),
    );
  });

  it("send a message with its id", async () => {
    const fetch = answer(200, { messages: [{ id: "u.0", from: "assistant", text: "Oui", time: 1 }] });
    expect(await api.send("t", "u", { payload: "/a" }, signal)).toHaveLength(1);
    expect(fetch.mock.calls[0]?.[1]).toMatchObject({ body: '{"id":"u","payload":"/a"}' });
  });

  it("say which link was opened, after the page is gone if need be, and nobody hears that it failed", async () => {
    const fetch = answer(503, { error: "unavailable" });
    await api.opened("t", "u.0", "Faire un don");
    expect(fetch).toHaveBeenCalledWith(
      "https://bot.example/webhooks/widget/opened",
      expect.objectContaining({ body: '{"message_id":"u.0","link":"Faire un don"}', keepalive: true }),
    );
  });

  it("may answer with nothing", async () => {
    answer(204, null);
    expect(await problemOf(api.erase("t"))).toBeNull();
  });
});

describe("failures", () => {
  it.each([
    [429, { error: "too_many", retry_after: 5 }, { code: "too_many", wait: 5 }],
    [500, "<html>", { code: "internal" }],
    [502, "<html>", { code: "unavailable" }],
    [200, "<html>", { code: "bad_answer" }],
    [200, { messages: 5 }, { code: "bad_answer" }],
    [200, { messages: [] }, { code: "no_answer" }],
  ])("%i %j is %j", async (status, body, problem) => {
    answer(status, body);
    expect(await problemOf(api.send("t", "u", { text: "a" }, signal))).toEqual(problem);
  });

  it("tell the network from a server that is too slow", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
    expect(await problemOf(api.opening())).toEqual({ code: "network" });
    vi.stubGlobal("fetch", () => Promise.reject(new DOMException("late", "TimeoutError")));
    expect(await problemOf(api.opening())).toEqual({ code: "timeout" });
  });

  it("of the token mean that the conversation is lost", async () => {
    for (const [error, lost] of [
      ["bad_token", true],
      ["expired_token", true],
      ["bad_origin", false],
    ] as const) {
      answer(401, { error });
      expect(await api.history("t").catch(isLost)).toBe(lost);
    }
  });
});
