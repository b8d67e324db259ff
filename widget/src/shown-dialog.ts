import { followKeyboard } from "./viewport.ts";

/** Where the panel fills the screen: telephones, and pages at a high zoom. The same condition is in style.css. */
const FULL_SCREEN = "(max-width: 36em), (max-height: 28em)";

/** Whether this is no touch screen, where focusing a field would call the on-screen keyboard. */
export const hasKeyboard = () => !matchMedia("(pointer: coarse)").matches;

const focused = () => document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;

/**
 * Shows the dialog: beside the page where there is room, else over it, so that nothing behind can be reached.
 * Gives the function that closes it and takes the focus back to where it came from, or to the launcher.
 */
export function showDialog(dialog: HTMLDialogElement, first: HTMLElement, launcher: HTMLElement): () => void {
  const before = focused();
  const full = matchMedia(FULL_SCREEN);
  const show = () => {
    const inside = dialog.contains(focused()) ? (focused() as HTMLElement) : first;
    dialog.close();
    if (full.matches) dialog.showModal();
    else dialog.show();
    inside.focus();
  };
  show();
  const unfollow = followKeyboard(dialog);
  full.addEventListener("change", show);
  return () => {
    full.removeEventListener("change", show);
    unfollow();
    const inside = dialog.contains(focused());
    dialog.close();
    const from = before instanceof HTMLElement && before !== document.body && before.isConnected ? before : launcher;
    if (inside) from.focus();
  };
}
