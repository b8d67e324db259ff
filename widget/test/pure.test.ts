import { describe, expect, it } from "vitest";
import { readableTime } from "../src/dates.ts";
import { opensTab, safeUrl } from "../src/links.ts";
import { parseMarkup, parseSpans, plainText } from "../src/markup.ts";
import { problemText, texts } from "../src/texts.ts";
import { uuid } from "../src/uuid.ts";
import { countCharacters } from "../src/view/composer.tsx";

describe("addresses", () => {
  it.each(["https://example.org/", "mailto:a@example.org", "tel:+33145595959"])("%s may be linked to", (url) => {
    expect(safeUrl(url)).toBe(url);
  });

  it.each([
    "http://example.org/",
    "javascript:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "blob:https://example.org/x",
    "//example.org/",
    "/path",
    "",
    null,
    5,
    {},
  ])("%j may not", (url) => {
    expect(safeUrl(url)).toBeNull();
  });

  it("only pages open a tab", () => {
    expect(opensTab("https://example.org/")).toBe(true);
    expect(opensTab("tel:15")).toBe(false);
  });
});

describe("markup", () => {
  it("has paragraphs, lines and lists", () => {
    expect(parseMarkup("a\nb\n\nc :\n- d\n- **e** f\ng")).toEqual([
      { kind: "paragraph", lines: [[{ text: "a", strong: false }], [{ text: "b", strong: false }]] },
      { kind: "paragraph", lines: [[{ text: "c :", strong: false }]] },
      {
        kind: "list",
        items: [
          [{ text: "d", strong: false }],
          [
            { text: "e", strong: true },
            { text: " f", strong: false },
          ],
        ],
      },
      { kind: "paragraph", lines: [[{ text: "g", strong: false }]] },
    ]);
  });

  it("is nothing else", () => {
    expect(parseSpans("a ** b *c* <b>")).toEqual([{ text: "a ** b *c* <b>", strong: false }]);
    expect(parseMarkup("-a")).toEqual([{ kind: "paragraph", lines: [[{ text: "-a", strong: false }]] }]);
    expect(parseMarkup("\r\n\n \n")).toEqual([]);
  });

  it("is left out of what is copied", () => {
    expect(plainText("**a** b\n- **c**")).toBe("a b\n- c");
  });
});

describe("times", () => {
  const at = (text: string) => new Date(text).getTime() / 1000;

  it("are the clock alone on the same day", () => {
    expect(readableTime(at("2026-11-24T09:05:00"), at("2026-11-24T23:59:00"))).toBe("09:05");
  });

  it("name the day otherwise", () => {
    expect(readableTime(at("2026-11-23T23:59:00"), at("2026-11-24T00:01:00"))).toBe("23 novembre, 23:59");
  });
});

it("ids are random and of the fourth version", () => {
  const ids = new Set(Array.from({ length: 200 }, uuid));
  expect(ids.size).toBe(200);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it("characters are counted as the server counts them", () => {
  expect(countCharacters("  é👩🏽 ")).toBe(3);
});

describe("French texts", () => {
  const all = Object.values(texts)
    .flatMap((text) => (typeof text === "function" ? [text(1, 90), text(90, 1)] : text))
    .concat(["network", "too_many", "?"].map(problemText));

  it.each(all)("%s has French typography", (text) => {
    expect(text).not.toMatch(/'/);
    expect(text).not.toMatch(/[^\u00a0\u202f][:;!?»]|«[^\u00a0]/);
    expect(text).not.toMatch(/\.\.\./);
  });

  it("agree in number", () => {
    expect(texts.unread(1)).toBe("1 nouvelle réponse");
    expect(texts.wait(12)).toBe("Réessayez dans 12 secondes.");
    expect(texts.wait(61)).toBe("Réessayez dans 2 minutes.");
  });
});
