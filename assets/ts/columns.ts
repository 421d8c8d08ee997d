// The order of a list's columns: rows are dragged, or stepped up and down; the numbers that are sent follow.

import { announce } from "./page";

const LIST = "[data-ordered]";
const lines = (list: Element) => [...list.children] as HTMLElement[];

let carried: HTMLElement | null = null;

function renumber(list: Element): void {
  lines(list).forEach((line, place) => {
    const field = line.querySelector<HTMLInputElement>("input[type=number]");
    if (field) field.value = String(place + 1);
  });
}

function step(button: HTMLElement): void {
  const line = button.closest<HTMLElement>(`${LIST} > *`);
  const other = button.dataset.step === "up" ? line?.previousElementSibling : line?.nextElementSibling;
  if (!line?.parentElement || !other) return;
  if (button.dataset.step === "up") other.before(line);
  else other.after(line);
  renumber(line.parentElement);
  // At an end the step that is left takes the focus.
  button.focus();
  if (document.activeElement !== button) line.querySelector<HTMLElement>(`[data-step]:not([data-step="${button.dataset.step}"])`)?.focus();
  announce(`${line.textContent?.trim()}: ${lines(line.parentElement).indexOf(line) + 1}`);
}

export function setUpColumns(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-step]");
    if (button) step(button);
  });
  document.addEventListener("dragstart", (event) => {
    carried = event.target instanceof Element ? event.target.closest<HTMLElement>(`${LIST} > *`) : null;
  });
  document.addEventListener("dragover", (event) => {
    const over = (event.target as Element).closest<HTMLElement>(`${LIST} > *`);
    if (!carried || !over || over.parentElement !== carried.parentElement) return;
    event.preventDefault();
    const all = lines(over.parentElement as Element);
    if (all.indexOf(over) < all.indexOf(carried)) over.before(carried);
    else if (over !== carried) over.after(carried);
  });
  document.addEventListener("dragend", () => {
    if (carried?.parentElement) renumber(carried.parentElement);
    carried = null;
  });
}
