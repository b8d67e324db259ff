import { Fragment, h } from "preact";
import { parseMarkup, type Span } from "../markup.ts";

const draw = (spans: Span[]) => spans.map((span) => (span.strong ? <strong>{span.text}</strong> : span.text));

/** The text of an answer, as text nodes inside paragraphs and lists. */
export function Markup({ text }: { text: string }) {
  return (
    <>
      {parseMarkup(text).map((block) =>
        block.kind === "list" ? (
          <ul>
            {block.items.map((item) => (
              <li>{draw(item)}</li>
            ))}
          </ul>
        ) : (
          <p>{block.lines.map((line, index) => [index > 0 && <br />, draw(line)])}</p>
        ),
      )}
    </>
  );
}
