import { Fragment, h } from "preact";
import { texts } from "../texts.ts";
import type { View } from "./view.ts";

export function Header({ look, labels, state, actions }: View) {
  return (
    <>
      <div class="header">
        <div class="titles">
          <h2 id="title" tabIndex={-1}>
            {labels.title}
          </h2>
          <p class="small">{texts.subtitle}</p>
        </div>
        {(state.token || state.turns.length > 0) && (
          <button
            type="button"
            id="options-button"
            class="plain"
            aria-expanded={look.options}
            onClick={actions.toggleOptions}
          >
            {texts.options}
          </button>
        )}
        <button type="button" class="plain" aria-label={texts.close} onClick={actions.close}>
          ✕
        </button>
      </div>
      {look.options && (
        <div class="options">
          <button type="button" class="plain" onClick={() => actions.askToErase("restarted")}>
            {texts.restart}
          </button>
          <button type="button" class="plain" onClick={() => actions.askToErase("erased")}>
            {texts.erase}
          </button>
        </div>
      )}
    </>
  );
}
