// The markup of answers: paragraphs apart by a blank line, lines, **emphasis**, list lines that begin with "- ".

export interface Span {
  text: string;
  strong: boolean;
}
export type Block = { kind: "paragraph"; lines: Span[][] } | { kind: "list"; items: Span[][] };

export function parseSpans(line: string): Span[] {
  return line
    .split(/\*\*(.+?)\*\*/)
    .map((text, index) => ({ text, strong: index % 2 === 1 }))
    .filter((span) => span.text);
}

function parseParagraph(paragraph: string): Block[] {
  const blocks: Block[] = [];
  for (const line of paragraph.split("\n").filter((one) => one.trim())) {
    const item = line.startsWith("- ");
    const spans = parseSpans(item ? line.slice(2) : line);
    const last = blocks.at(-1);
    if (item && last?.kind === "list") last.items.push(spans);
    else if (!item && last?.kind === "paragraph") last.lines.push(spans);
    else blocks.push(item ? { kind: "list", items: [spans] } : { kind: "paragraph", lines: [spans] });
  }
  return blocks;
}

export function parseMarkup(text: string): Block[] {
  return text
    .replace(/\r\n?/g, "\n")
    .split(/\n{2,}/)
    .flatMap(parseParagraph);
}

export function plainText(text: string): string {
  return text.replace(/\*\*(.+?)\*\*/g, "$1");
}
