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
          <path d="M2 3h16v11H9l-4 4v-4H2z" />
        </svg>
        {view.labels.launcher}
        {news && <span class="badge">{news}</span>}
      </button>
      <p role="status" class="hidden">
        {news}
      </p>
      <Panel {...view} />
      {asked && <Confirm {...view} />}
    </>
  );
}
