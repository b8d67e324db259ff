import { h } from "preact";
import { readableTime } from "../dates.ts";
import { opensTab } from "../links.ts";
import { type Answer, type Link, now, type Turn } from "../protocol.ts";
import { problemText, texts } from "../texts.ts";
import { Markup } from "./markup.tsx";
import type { Actions } from "./view.ts";

function Time({ time }: { time: number }) {
  return <time dateTime={new Date(time * 1000).toISOString()}>{readableTime(time, now())}</time>;
}

function LinkCard({ id, link, actions }: { id: string; link: Link; actions: Actions }) {
  const tab = opensTab(link.url);
  return (
    <a
      class="card"
      href={link.url}
      {...(tab && { target: "_blank", rel: "noopener" })}
      onClick={() => actions.followed(id, link)}
    >
      <strong>{link.title}</strong>
      {tab && <span class="small"> {texts.newTab}</span>}
    </a>
  );
}

function Tools({ answer, actions }: { answer: Answer; actions: Actions }) {
  const question = `useful-${answer.id}`;
  // aria-live off, and shown a moment later (style.css): only the answer itself is read out when it comes
  return (
    <div class="tools" aria-live="off">
      {answer.useful !== undefined && (
        <div class="useful" role="group" aria-labelledby={question}>
          <span id={question}>{texts.usefulQuestion}</span>
          {[true, false].map((useful) => (
            <button
              type="button"
              class="tool"
              aria-pressed={answer.useful === useful}
              onClick={() => actions.rate(answer.id, useful)}
            >
              {useful ? texts.yes : texts.no}
            </button>
          ))}
        </div>
      )}
      <button type="button" class="tool" onClick={(event) => actions.copy(answer, event.currentTarget)}>
        {texts.copy}
      </button>
      <Time time={answer.time} />
    </div>
  );
}

function AnswerView({ answer, actions }: { answer: Answer; actions: Actions }) {
  return (
    <div class="answer">
      <span class="hidden">{texts.assistant}</span>
      <Markup text={answer.text} />
      {answer.links.map((link) => (
        <LinkCard id={answer.id} link={link} actions={actions} />
      ))}
      {answer.source && <p class="source">{answer.source}</p>}
      <Tools answer={answer} actions={actions} />
    </div>
  );
}

function Failed({ turn, actions }: { turn: Turn; actions: Actions }) {
  const { code, wait } = turn.problem ?? { code: "network" };
  return (
    <div class="end">
      <p role="alert" class="alarm">
        <strong>{texts.notSent}</strong> {problemText(code)} {wait && texts.wait(wait)}
      </p>
      <button type="button" class="tool" aria-disabled={!!wait} onClick={() => actions.resend(turn.id)}>
        {texts.resend}
      </button>
      <button type="button" class="tool" onClick={() => actions.takeBack(turn)}>
        {turn.payload ? texts.discard : texts.edit}
      </button>
    </div>
  );
}

export function TurnView({ turn, actions }: { turn: Turn; actions: Actions }) {
  return (
    <div class="turn">
      {turn.text && (
        <div class={`question ${turn.state}`}>
          <span class="hidden">{texts.you}</span>
          <p>{turn.text}</p>
          <Time time={turn.time} />
        </div>
      )}
      {turn.state === "failed" && <Failed turn={turn} actions={actions} />}
      {turn.answers.map((answer) => (
        <AnswerView key={answer.id} answer={answer} actions={actions} />
      ))}
    </div>
  );
}
