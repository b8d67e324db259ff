import { Fragment, h } from "preact";
import { texts } from "../texts.ts";
import { Confirm } from "./confirm.tsx";
import { Panel } from "./panel.tsx";
import type { View } from "./view.ts";

export function Widget(view: View) {
  const { open, unread, asked } = view.look;
  const news = unread > 0 && texts.unread(unread);
  return (
    <>
      <button type="button" class="strong launcher" aria-haspopup="dialog" hidden={open} onClick={view.actions.open}>
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <path d="M3 4.5h14v9.5h-8l-4 3v-3h-2z" />
        </svg>
        {view.labels.launcher}
        {news && (
          <span class="badge">
            {unread}
            <span class="hidden"> {news.replace(/^\d+\s/, "")}</span>
          </span>
        )}
      </button>
      <p role="status" class="hidden">
        {news}
      </p>
      <Panel {...view} />
      {asked && <Confirm {...view} />}
    </>
  );
}
