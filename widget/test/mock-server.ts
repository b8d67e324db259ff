// A stand-in for the assistant, to try the widget by hand in a browser. Keywords in a message call up the states.
// Usage: node test/mock-server.ts [PORT]

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

const port = Number(process.argv[2] ?? 5999);
const home = "/webhooks/widget/";
const policy =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; require-trusted-types-for 'script'";

const buttons = [
  { title: "C’est quoi, l’immunothérapie\u00a0?", payload: "/definition" },
  { title: "Est-ce que ça marche pour tout le monde\u00a0?", payload: "/effectiveness" },
  { title: "Que sais-tu faire\u00a0?", payload: "/capabilities" },
];

const text = `L’immunothérapie **aide le système immunitaire** à reconnaître et à combattre les cellules cancéreuses.

Ces chiffres de 2020 concernent les inhibiteurs de point de contrôle\u00a0:
- en moyenne, 30\u00a0% de répondeurs\u00a0;
- pour l’hépatocarcinome, un cancer du foie\u00a0: 20\u00a0%\u00a0;
- pour le lymphome de Hodgkin\u00a0: 70\u00a0% de réponse, une exception.
Ce sont des moyennes de groupe. Elles ne disent pas ce qui se passera pour une personne.`;

const source = "Source\u00a0: Fondation ARC, «\u00a0Pour quels patients\u00a0?\u00a0», 2020";
const links = [
  { title: "L’immunothérapie aujourd’hui", url: "https://www.fondation-arc.org/", kind: "article" },
  { title: "Don mensuel", url: "https://donner.fondation-arc.org/dons/~mon-don", kind: "gift" },
];
const injection = "<img src=x onerror=alert(1)> **<b>gras</b>** <script>alert(1)</script>";
const badLinks = [
  { title: injection, url: "javascript:alert(1)", kind: "site" },
  { title: injection, url: "https://www.fondation-arc.org/?<script>", kind: "site" },
];

const conversations = new Map<string, object[]>();
const answered = new Map<string, object[]>();
let expireNext = false;

function answer(id: string, asked: string): object[] {
  const hostile = asked.includes("injection");
  return [
    {
      id: `${id}.0`,
      from: "assistant",
      time: Date.now() / 1000,
      answer: "utter_definition",
      text: hostile ? injection : text,
      source: hostile ? injection : source,
      buttons: hostile ? [{ title: injection, payload: "/definition" }] : buttons,
      links: hostile ? badLinks : asked.includes("lien") ? links : [],
      useful: null,
    },
  ];
}

const pause = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1000));

async function message(asked: string, id: string, log: object[]): Promise<[number, unknown]> {
  if (asked.includes("panne")) return [503, { error: "unavailable" }];
  if (asked.includes("trop")) return [429, { error: "too_many", retry_after: 12 }];
  if (asked.includes("forme")) return [200, { messages: 5 }];
  if (asked.includes("rien")) return [200, { messages: [] }];
  if (asked.includes("expire") && !expireNext) {
    expireNext = true;
    return [401, { error: "expired_token" }];
  }
  expireNext = false;
  await pause(asked.includes("lent") ? 12 : asked.includes("muet") ? 40 : 0.6);
  const messages = answered.get(id) ?? answer(id, asked);
  if (!answered.has(id)) log.push({ id, from: "user", time: Date.now() / 1000, text: asked }, ...messages);
  answered.set(id, messages);
  return [200, { messages }];
}

async function respond(request: IncomingMessage, path: string): Promise<[number, unknown]> {
  let body = "";
  for await (const chunk of request) body += chunk;
  const fields = JSON.parse(body || "{}") as Record<string, string>;
  if (path === "opening")
    return [200, { messages: [...answer("greet", "")], privacy_url: "https://www.fondation-arc.org/", home_url: "/" }];
  if (path === "conversation" && request.method === "POST") {
    const token = Math.random().toString(36);
    conversations.set(token, []);
    return [201, { token, expires: Date.now() / 1000 + 86400 }];
  }
  const token = request.headers.authorization?.slice("Bearer ".length) ?? "";
  const log = conversations.get(token);
  if (!log) return [401, { error: "bad_token" }];
  if (path === "conversation" && request.method === "GET") return [200, { messages: log }];
  if (path === "conversation") {
    conversations.delete(token);
    return [204, null];
  }
  if (path === "feedback" || path === "opened") return [204, null];
  const title = buttons.find((button) => button.payload === fields.payload)?.title;
  return message(fields.text ?? title ?? "", fields.id ?? "", log);
}

function page(path: string, query: string): string {
  const attributes = query.replace(/[<>]/g, "");
  return `<!doctype html><html lang="fr"><meta name="viewport" content="width=device-width, viewport-fit=cover">
<title>${path}</title><link rel="stylesheet" href="style.css">
<h1>Une page du site</h1><p>Texte de la page.</p><button>Un bouton de la page</button> <a href="other">Autre page</a>
<script src="widget.js" defer ${attributes}></script><script src="widget.js" defer></script></html>`;
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { "Content-Type": type, "Content-Security-Policy": policy, "Cache-Control": "no-store" });
  response.end(status === 204 ? undefined : body);
}

createServer(async (request, response) => {
  const url = new URL(request.url ?? "", `http://127.0.0.1:${port}`);
  const path = url.pathname.replace(home, "");
  if (path === "widget.js")
    return send(response, 200, "text/javascript", readFileSync(new URL("../dist/widget.js", import.meta.url)));
  if (path === "style.css")
    return send(response, 200, "text/css", "html{font:62.5%/1 cursive}*{color:teal}button,p{border:9px solid red}");
  if (path === "demo" || path === "other")
    return send(response, 200, "text/html; charset=utf-8", page(path, decodeURIComponent(url.search.slice(1))));
  const [status, body] = await respond(request, path);
  send(response, status, "application/json", JSON.stringify(body));
}).listen(port, "127.0.0.1");
