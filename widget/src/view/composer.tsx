import { h } from "preact";
import { texts } from "../texts.ts";
import type { View } from "./view.ts";

const NEAR = 0.9; // the counter appears at this part of the limit

/** How many characters a text has, as the server counts them. */
export const countCharacters = (text: string) => [...text.trim()].length;

export function Composer({ look, state: { most }, actions }: View) {
  const used = countCharacters(look.draft);
  const tooLong = used > most;
  const submit = (event: Event) => {
    event.preventDefault();
    actions.send();
  };
  return (
    <form onSubmit={submit}>
      <label class="hidden" for="field">
        {texts.field}
      </label>
      <textarea
        id="field"
        rows={1}
        placeholder={texts.placeholder}
        enterkeyhint="send"
        autocomplete="off"
        aria-invalid={tooLong}
        aria-describedby="counter too-long"
        value={look.draft}
        onInput={(event) => actions.write(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
        }}
      />
      <button type="submit" class="strong">
        {texts.send}
      </button>
      <p id="counter" class="small">
        {used >= most * NEAR && texts.counter(used, most)}
      </p>
      <p id="too-long" role="alert" class="alarm">
        {tooLong && texts.tooLong(most)}
      </p>
    </form>
  );
}
