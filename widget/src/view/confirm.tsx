import { h } from "preact";
import { texts } from "../texts.ts";
import type { View } from "./view.ts";

const show = (dialog: HTMLDialogElement | null) => dialog?.showModal();

/** Asks before the conversation is deleted. */
export function Confirm({ look, state: { erasing }, actions }: View) {
  return (
    <dialog
      ref={show}
      class="confirm"
      role="alertdialog"
      aria-labelledby="confirm-title"
      aria-describedby="confirm-body"
      onCancel={(event) => {
        event.preventDefault();
        actions.keep();
      }}
    >
      <h2 id="confirm-title">{texts.eraseTitle}</h2>
      <p id="confirm-body">{texts.eraseBody}</p>
      <p role="status" class="small">
        {erasing && texts.erasing}
      </p>
      <div class="end">
        <button type="button" aria-disabled={erasing} onClick={actions.keep}>
          {texts.cancel}
        </button>
        <button type="button" class="strong" aria-disabled={erasing} onClick={actions.erase}>
          {look.asked === "restarted" ? texts.restart : texts.eraseConfirm}
        </button>
      </div>
    </dialog>
  );
}
