// What a page draws anew by itself (a colleague's change, how far a run has come) waits for the reader's hand. A tap whose
// target is exchanged between down and up would do nothing, and so would an answer whose asker is gone when it comes.

import htmx from "./htmx";

interface SwapEvent extends Event {
  detail: { requestConfig: { elt: Element; triggeringEvent?: Event } };
}

const POLLED = "[hx-trigger^=every]"; // is asked again soon in any case
const BY_ITSELF = `${POLLED}, [hx-trigger^=load], [hx-trigger*="changed from:body"]`;

let down = false;
let missed = false;

const isBusy = () => down || document.querySelector(`.htmx-request:not(${BY_ITSELF})`) !== null;

/** The board holds itself back while a card is carried, until it was dropped and sent. */
const isCarrying = () => document.documentElement.classList.contains("dragging");

function hold(event: Event): void {
  const { elt, triggeringEvent } = (event as SwapEvent).detail.requestConfig;
  const isChange = triggeringEvent?.type === "changed";
  if (!(isChange || elt.matches(POLLED)) || !isBusy() || isCarrying()) return;
  event.preventDefault();
  missed ||= isChange;
}

function catchUp(): void {
  if (!missed || isBusy()) return;
  missed = false;
  htmx.trigger(document.body, "changed");
}

function release(): void {
  down = false;
  catchUp();
}

export function setUpHold(): void {
  document.addEventListener("pointerdown", ({ button }) => (down ||= button === 0), { capture: true });
  // The click comes after the button is up, and is to reach what it was pressed on.
  for (const up of ["pointerup", "pointercancel"]) document.addEventListener(up, () => window.setTimeout(release), { capture: true });
  document.body.addEventListener("htmx:beforeSwap", hold);
  document.body.addEventListener("htmx:afterRequest", catchUp);
}
