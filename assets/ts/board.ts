// Drag and drop on the board, with mouse, touch and keyboard. The menu on each card does the same without dragging.
//
// Columns [data-stage="key"] hold a list [data-cards]; cards carry [data-deal="uid"][data-move-url][data-version].
// A drop posts to, seen; 200 answers with out-of-band fragments; 403, 409 and 422 answer with the panel that says what is
// missing, and the card goes back where it was.

import { announce, csrf, fill, say } from "./page";
import { openPanel } from "./panel";
import { toast } from "./toasts";

const FAR_ENOUGH = 6;
const TOUCH_HOLD = 350;
const EDGE = 48;
const PACE = 6;

interface Home {
  list: Element;
  next: Element | null;
}

const board = document.querySelector<HTMLElement>("[data-board]");
const columns = (): HTMLElement[] => [...(board?.querySelectorAll<HTMLElement>("[data-stage]") ?? [])];
const listOf = (column: HTMLElement): HTMLElement => column.querySelector<HTMLElement>("[data-cards]") ?? column;
const columnOf = (card: Element): HTMLElement | null => card.closest<HTMLElement>("[data-stage]");
const nameOf = (column: HTMLElement | null): string => column?.dataset.name ?? column?.querySelector("h2")?.textContent?.trim() ?? "";
const titleOf = (card: HTMLElement): string => card.dataset.title ?? card.querySelector("h3")?.textContent?.trim() ?? "";
const homeOf = (card: HTMLElement): Home => ({ list: card.parentElement as Element, next: card.nextElementSibling });

function putBack(card: HTMLElement, home: Home): void {
  home.list.insertBefore(card, home.next?.isConnected ? home.next : null);
}

async function send(card: HTMLElement, column: HTMLElement, home: Home): Promise<void> {
  card.classList.add("sending");
  const place = { deal: titleOf(card), stage: nameOf(column) };
  try {
    const answer = await fetch(card.dataset.moveUrl ?? "", {
      method: "POST",
      credentials: "same-origin",
      headers: { "X-CSRFToken": csrf(), "HX-Request": "true", "HX-Target": "panel" },
      body: new URLSearchParams({ to: column.dataset.stage ?? "", seen: card.dataset.version ?? "" }),
    });
    const html = await answer.text();
    if (answer.ok) {
      window.htmx.swap(document.body, html, { swapStyle: "none" });
      announce(fill(say("moved"), place));
      refresh();
    } else refused(card, home, answer.status, html, place);
  } catch {
    putBack(card, home);
    toast(say("offline"), "bad");
  }
  card.classList.remove("sending");
}

// The board draws itself anew when something "changed", but never under somebody's hand: then it waits.

let missed = false;

function refresh(): void {
  missed = false;
  window.htmx.trigger(document.body, "changed");
}

function catchUp(): void {
  if (missed && !drag && !held) refresh();
}

function hold(event: Event): void {
  const { target } = (event as CustomEvent<{ target: Element }>).detail;
  if (target !== board || !(drag || held)) return;
  event.preventDefault();
  missed = true;
}

function refused(card: HTMLElement, home: Home, status: number, html: string, place: Record<string, string>): void {
  putBack(card, home);
  catchUp();
  announce(fill(say("stays"), place));
  if (status >= 500) return toast(say("broken"), "bad");
  openPanel(html);
  const panel = document.getElementById("panel");
  if (panel) window.htmx.process(panel);
}

function drop(card: HTMLElement, column: HTMLElement | null, home: Home): void {
  if (!column || listOf(column) === home.list) {
    putBack(card, home);
    return catchUp();
  }
  listOf(column).prepend(card);
  void send(card, column, home);
}

// ---- mouse and touch -------------------------------------------------------------------------------------------------

interface Drag {
  card: HTMLElement;
  home: Home;
  slot: HTMLElement;
  dx: number;
  dy: number;
  x: number;
  y: number;
}

let drag: Drag | null = null;
let waiting = 0;

function lift(card: HTMLElement, x: number, y: number): void {
  const at = card.getBoundingClientRect();
  const home = homeOf(card);
  const slot = document.createElement("div");
  slot.className = "slot";
  slot.style.height = `${at.height}px`;
  card.before(slot);
  card.style.width = `${at.width}px`;
  card.classList.add("lifted");
  document.documentElement.classList.add("dragging");
  drag = { card, home, slot, dx: x - at.left, dy: y - at.top, x, y };
  carry(x, y);
  follow();
}

function carry(x: number, y: number): void {
  if (!drag || !board) return;
  drag.card.style.left = `${x - drag.dx}px`;
  drag.card.style.top = `${y - drag.dy}px`;
  const over = columnAt(x, y);
  for (const column of columns()) column.classList.toggle("over", column === over);
  if (over && drag.slot.parentElement !== listOf(over)) listOf(over).prepend(drag.slot);
  drag.x = x;
  drag.y = y;
}

/** While a card is held at the board's edge, the board goes on moving under it. */
function follow(): void {
  if (!drag || !board) return;
  const bounds = board.getBoundingClientRect();
  const right = Math.min(bounds.right, window.innerWidth);
  const by = drag.x > right - EDGE ? PACE : drag.x < bounds.left + EDGE ? -PACE : 0;
  if (by) {
    board.scrollLeft += by;
    carry(drag.x, drag.y);
  }
  window.requestAnimationFrame(follow);
}

function columnAt(x: number, y: number): HTMLElement | null {
  return document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-stage]") ?? null;
}

function land(dropIt: boolean): void {
  if (!drag) return;
  const { card, home, slot } = drag;
  const column = dropIt ? columnOf(slot) : null;
  slot.remove();
  card.classList.remove("lifted");
  card.removeAttribute("style");
  document.documentElement.classList.remove("dragging");
  for (const each of columns()) each.classList.remove("over");
  drag = null;
  drop(card, column, home);
}

function press(event: PointerEvent): void {
  const target = event.target as Element;
  const card = target.closest<HTMLElement>("[data-deal][data-move-url]");
  if (!card || event.button !== 0 || target.closest("button, .menu, input, select")) return;
  if (held) release(false);
  const from = { x: event.clientX, y: event.clientY };
  let here = from;
  const touch = event.pointerType === "touch";
  const stop = () => {
    window.clearTimeout(waiting);
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", up);
    window.removeEventListener("pointercancel", cancel);
    window.removeEventListener("touchmove", still);
  };
  const move = (to: PointerEvent) => {
    here = { x: to.clientX, y: to.clientY };
    if (drag) return carry(here.x, here.y);
    const far = Math.hypot(here.x - from.x, here.y - from.y) > FAR_ENOUGH;
    if (far && touch) stop();
    else if (far) lift(card, here.x, here.y);
  };
  const up = () => {
    const dragged = Boolean(drag);
    stop();
    land(true);
    if (dragged) swallowClick();
  };
  const cancel = () => {
    stop();
    land(false);
  };
  const still = (moved: TouchEvent) => {
    if (drag) moved.preventDefault();
  };
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", up);
  window.addEventListener("pointercancel", cancel);
  window.addEventListener("touchmove", still, { passive: false });
  if (touch) waiting = window.setTimeout(() => lift(card, here.x, here.y), TOUCH_HOLD);
}

function swallowClick(): void {
  const eat = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  window.addEventListener("click", eat, { capture: true, once: true });
  window.setTimeout(() => window.removeEventListener("click", eat, { capture: true }), 0);
}

// ---- keyboard --------------------------------------------------------------------------------------------------------

let held: { card: HTMLElement; home: Home } | null = null;

function grab(card: HTMLElement): void {
  held = { card, home: homeOf(card) };
  card.classList.add("grabbed");
  announce(fill(say("grabbed"), { deal: titleOf(card), stage: nameOf(columnOf(card)) }));
}

function shift(by: number): void {
  if (!held) return;
  const all = columns();
  const here = columnOf(held.card);
  const to = all[(here ? all.indexOf(here) : -1) + by];
  if (!to) return;
  listOf(to).prepend(held.card);
  held.card.scrollIntoView({ block: "nearest", inline: "center" });
  held.card.focus();
  announce(nameOf(to));
}

function release(dropIt: boolean): void {
  if (!held) return;
  const { card, home } = held;
  const column = dropIt ? columnOf(card) : null;
  held = null;
  card.classList.remove("grabbed");
  if (!dropIt) announce(fill(say("stays"), { deal: titleOf(card), stage: nameOf(home.list.closest<HTMLElement>("[data-stage]")) }));
  drop(card, column, home);
  card.focus();
}

function key(event: KeyboardEvent): void {
  const card = event.target as HTMLElement;
  if (event.key === "Escape") {
    if (drag) return land(false);
    if (held) {
      event.preventDefault();
      return release(false);
    }
  }
  if (!card.matches?.("[data-deal][data-move-url]")) return;
  const act = held ? carrying(event.key) : standing(event.key, card);
  if (!act) return;
  event.preventDefault();
  act();
}

function carrying(pressed: string): (() => void) | undefined {
  const acts: Record<string, () => void> = {
    " ": () => release(true),
    Enter: () => release(true),
    ArrowRight: () => shift(1),
    ArrowLeft: () => shift(-1),
    Tab: () => release(false),
  };
  return acts[pressed];
}

function standing(pressed: string, card: HTMLElement): (() => void) | undefined {
  const column = columnOf(card);
  const all = columns();
  const beside = (by: number) => all[(column ? all.indexOf(column) : 0) + by]?.querySelector<HTMLElement>("[data-deal]");
  const acts: Record<string, () => void> = {
    " ": () => grab(card),
    Enter: () => card.querySelector<HTMLAnchorElement>("h3 a")?.click(),
    ArrowDown: () => (card.nextElementSibling as HTMLElement | null)?.focus(),
    ArrowUp: () => (card.previousElementSibling as HTMLElement | null)?.focus(),
    ArrowRight: () => beside(1)?.focus(),
    ArrowLeft: () => beside(-1)?.focus(),
  };
  return acts[pressed];
}

// New columns would make a phone snap anew, at times to the last one: it does not snap while they are set, and the board
// stays where it was. Later would be too late: a board that begins to snap under a finger moves away from it.

let place = { left: 0, top: 0 };

function stay(event: Event): void {
  const { target } = (event as CustomEvent<{ target: Element }>).detail;
  if (!board || target !== board || event.defaultPrevented) return;
  place = { left: board.scrollLeft, top: board.scrollTop };
  board.classList.add("redrawn");
}

function settle(event: Event): void {
  if (!board || event.target !== board) return;
  board.scrollTo({ ...place, behavior: "instant" });
  board.classList.remove("redrawn");
}

if (board) {
  board.addEventListener("pointerdown", press);
  board.addEventListener("dragstart", (event) => event.preventDefault());
  document.addEventListener("keydown", key);
  document.addEventListener("htmx:beforeSwap", hold);
  document.addEventListener("htmx:beforeSwap", stay);
  document.addEventListener("htmx:afterSettle", settle);
}
