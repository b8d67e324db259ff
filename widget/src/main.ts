// One script tag puts the chat onto a page. The server is where the script came from.

import { type ArcChat, startChat } from "./chat.tsx";
import css from "./style.css?inline";
import { texts } from "./texts.ts";

declare global {
  interface Window {
    ArcChat?: ArcChat;
  }
}

function start(script: HTMLScriptElement): ArcChat {
  const { title, side, opening, launcher, scheme } = script.dataset;
  const host = document.createElement("arc-chat");
  const shadow = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shadow.adoptedStyleSheets = [sheet];
  const root = document.createElement("div");
  root.className = `root ${side === "left" ? "left" : ""} ${scheme === "light" ? "" : "auto"}`;
  root.lang = "fr";
  shadow.append(root);
  document.body.append(host);

  const labels = {
    title: title || texts.title,
    greeting: opening || texts.opening,
    launcher: launcher || texts.launcher,
  };
  return startChat(root, new URL(".", script.src).href, labels, (event, detail = {}) => {
    host.dispatchEvent(new CustomEvent(`arc-chat:${event}`, { bubbles: true, detail }));
  });
}

const script = document.currentScript;
const supported = "adoptedStyleSheets" in Document.prototype && "showModal" in HTMLDialogElement.prototype;
// A second tag, or a second version of the script, leaves the first one alone.
if (script instanceof HTMLScriptElement && supported) {
  const begin = () => {
    window.ArcChat ??= start(script);
  };
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
}
