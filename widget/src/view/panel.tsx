import { h } from "preact";
import { isPending } from "../conversation.ts";
import { texts } from "../texts.ts";
import { Composer } from "./composer.tsx";
import { Header } from "./header.tsx";
import { Markup } from "./markup.tsx";
import { TurnView } from "./messages.tsx";
import type { View } from "./view.ts";

export function Panel(view: View) {
  const { labels, state, actions } = view;
  return (
    <dialog
      class="panel"
      aria-labelledby="title"
      onCancel={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        actions.escape();
      }}
    >
      <Header {...view} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <section tabIndex={0} aria-label={texts.scroller}>
        <div class="intro">
          <h3>{texts.introTitle}</h3>
          {texts.intro.map((line) => (
            <Markup text={line} />
          ))}
          {state.opening?.privacyUrl && (
            <a href={state.opening.privacyUrl} target="_blank" rel="noopener">
              {texts.privacy} <span class="small">({texts.newTab})</span>
            </a>
          )}
        </div>
        <p class="greeting">{labels.greeting}</p>
        {state.loaded && (
          <div key={state.edition} role="log" aria-label={texts.conversation}>
            {state.turns.map((turn) => (
              <TurnView key={turn.id} turn={turn} actions={actions} />
            ))}
          </div>
        )}
        <Suggestions {...view} />
      </section>
      <News {...view} />
      <Composer {...view} />
    </dialog>
  );
}

/** What is under way, what happened, what does not work. */
function News({ state, actions }: View) {
  const { loaded, turns, notice, online, trouble } = state;
  const waiting = turns.find(isPending)?.state;
  return (
    <div class="news">
      <p role="status">
        {!loaded && texts.loading}
        {waiting === "sending" && <span class="typing">{texts.typing}</span>}
        {waiting === "slow" && texts.slow}
        {notice && !waiting && texts[notice]}
      </p>
      <p role="alert" class="alarm">
        {[!online && texts.offline, trouble && texts[trouble]].filter(Boolean).join(" ")}
      </p>
      {(trouble === "noOpening" || trouble === "notLoaded") && (
        <button type="button" onClick={actions.reload}>
          {texts.retry}
        </button>
      )}
    </div>
  );
}

/** The buttons of the newest answer, or the first ones; none while something is under way or failed. */
function Suggestions({ state: { loaded, turns, opening }, actions }: View) {
  const last = turns.at(-1);
  const buttons = last ? last.answers.flatMap((answer) => answer.buttons) : opening?.buttons;
  if (!loaded || !buttons?.length) return null;
  return (
    <div key={last?.id} class="suggestions" role="group" aria-label={texts.suggestions}>
      {buttons.map((button) => (
        <button type="button" onClick={() => actions.press(button)}>
          {button.title}
        </button>
      ))}
    </div>
  );
}
