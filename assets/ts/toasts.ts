// Short messages with a way back. One with an undo button counts its seconds down; hovering or focusing it stops the clock.

import { announce } from "./page";

const PLAIN_SECONDS = 6;

function start(toast: HTMLElement): void {
  const shown = toast.querySelector<HTMLElement>(".left");
  let left = Number(toast.dataset.seconds || PLAIN_SECONDS);
  let held = false;
  const hold = (on: boolean) => () => (held = on);
  toast.addEventListener("pointerenter", hold(true));
  toast.addEventListener("pointerleave", hold(false));
  toast.addEventListener("focusin", hold(true));
  toast.addEventListener("focusout", hold(false));
  const clock = window.setInterval(() => {
    if (!toast.isConnected) return window.clearInterval(clock);
    // The undo runs out on the server too, so its seconds never stand still.
    if (!held || shown) left -= 1;
    if (shown) shown.textContent = String(Math.max(left, 0));
    if (left <= 0) {
      window.clearInterval(clock);
      toast.remove();
    }
  }, 1000);
}

function begin(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>(".toast:not([data-running])").forEach((toast) => {
    // What was said before and asks for nothing makes room.
    root.querySelectorAll(".toast[data-running]:not(.bad, :has(form))").forEach((said) => said.remove());
    toast.dataset.running = "";
    announce(toast.querySelector("p")?.textContent ?? "");
    start(toast);
  });
}

/** A message made here, for what the server could not say itself. */
export function toast(text: string, tone = ""): void {
  const list = document.getElementById("toasts");
  if (!list) return;
  const item = document.createElement("div");
  item.className = `toast ${tone}`;
  const words = document.createElement("p");
  words.textContent = text;
  item.append(words);
  list.append(item);
}

export function setUpToasts(): void {
  const list = document.getElementById("toasts");
  if (!list) return;
  begin(list);
  new MutationObserver(() => begin(list)).observe(list, { childList: true });
  list.addEventListener("htmx:afterRequest", (event) => (event.target as Element).closest(".toast")?.remove());
  list.addEventListener("click", (event) => {
    const button = (event.target as Element).closest("[data-dismiss]");
    button?.closest(".toast")?.remove();
  });
}
