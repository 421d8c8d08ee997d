// Lists by keyboard: j and k (or the arrows) walk, x selects, Enter opens, e edits the cell, E the whole record.
import { openCell, stand } from "./cells";

const rows = () => [...document.querySelectorAll<HTMLTableRowElement>("table[data-list] tbody tr[data-uid]")];
const box = (row: Element) => row.querySelector<HTMLInputElement>(".pick input");
const link = (row: Element) => row.querySelector<HTMLAnchorElement>("td.main-cell a");

function walk(step: number): void {
  const all = rows();
  const here = all.findIndex((row) => row.classList.contains("at"));
  const next = all[here < 0 ? 0 : Math.min(Math.max(here + step, 0), all.length - 1)];
  if (!next) return;
  all[here]?.classList.remove("at");
  next.classList.add("at");
  next.scrollIntoView({ block: "nearest" });
  link(next)?.focus({ preventScroll: true });
}

/** From cell to cell of the row one stands in. */
function aside(step: number): void {
  onRow((row) => {
    const cells = [...row.cells].filter((cell) => !cell.classList.contains("pick"));
    const next = cells[cells.indexOf(here(row)) + step];
    if (next) stand(next);
  });
}

const here = (row: HTMLTableRowElement) =>
  document.activeElement?.closest<HTMLTableCellElement>("tr.at > td") ?? row.querySelector<HTMLTableCellElement>("td.main-cell") ?? row.cells[0];

function onRow(act: (row: HTMLTableRowElement) => void): void {
  const row = rows().find((each) => each.classList.contains("at"));
  if (row) act(row);
}

const KEYS: Record<string, () => void> = {
  j: () => walk(1),
  k: () => walk(-1),
  ArrowDown: () => walk(1),
  ArrowUp: () => walk(-1),
  ArrowRight: () => aside(1),
  ArrowLeft: () => aside(-1),
  x: () => onRow((row) => box(row)?.click()),
  e: () => onRow((row) => void openCell(here(row))),
  E: () => onRow((row) => link(row) && window.location.assign(`${link(row)?.href}edit/`)),
};

const busy = (event: KeyboardEvent) =>
  event.ctrlKey ||
  event.metaKey ||
  event.altKey ||
  event.defaultPrevented ||
  document.querySelector("dialog[open], :popover-open") !== null ||
  (event.target instanceof Element && Boolean(event.target.closest("#cell-open, input:not([type=checkbox]), select, textarea, summary, button:not(.pencil)")));

export function setUpLists(): void {
  document.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || busy(event) || !rows().length) return;
    // The arrows scroll the page until somebody began to walk.
    if (event.key.startsWith("Arrow") && !document.querySelector("tr.at")) return;
    event.preventDefault();
    act();
  });
}
