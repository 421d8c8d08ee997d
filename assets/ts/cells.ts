// Cells of a list that are edited in their place: e, a double click or the pencil opens one, Enter saves, Escape leaves.
import htmx from "./htmx";

type Cell = HTMLTableCellElement;
interface RequestEvent extends Event {
  detail: { elt: Element; target: Element; requestConfig?: { elt: Element }; xhr?: XMLHttpRequest };
}

let open: { cell: Cell; was: Node[] } | null = null;
let missed = false;

const table = (cell: Element) => cell.closest<HTMLTableElement>("table[data-cells]");
const row = (cell: Element) => cell.closest<HTMLTableRowElement>("tr[data-uid]");

/** What the cell's column is edited as: a field, "move" for a stage, nothing for what is only read. */
function edited(cell: Cell): string {
  return table(cell)?.tHead?.rows[0]?.cells[cell.cellIndex]?.dataset.edit ?? "";
}

export const isOpen = () => open !== null && open.cell.isConnected && open.cell.querySelector(".cell-open") !== null;

const typed = () => [...document.querySelectorAll<HTMLInputElement>("#cell-open input, #cell-open textarea, #cell-open select")];

function isChanged(): boolean {
  return typed().some((field) => {
    if (field instanceof HTMLSelectElement) return [...field.options].some((each) => each.selected !== each.defaultSelected);
    return field.type === "checkbox" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
  });
}

/** Puts the cell back as it was. */
export function leaveCell(): void {
  if (!open) return;
  const { cell, was } = open;
  open = null;
  if (cell.isConnected) {
    cell.replaceChildren(...was);
    stand(cell);
  }
  catchUp();
}

/** What colleagues changed while the cell was open is fetched now. */
function catchUp(): void {
  if (!missed) return;
  missed = false;
  htmx.trigger(document.body, "changed", {});
}

function holdBack(event: Event, drawn: Element): void {
  if (drawn.id !== "rows" || !open?.cell.isConnected) return;
  missed = true;
  event.preventDefault();
}

/** Stands in a cell, so that keys act on it. */
export function stand(cell: Cell): void {
  const line = row(cell);
  document.querySelectorAll("tr.at").forEach((each) => each !== line && each.classList.remove("at"));
  line?.classList.add("at");
  cell.tabIndex = -1;
  (cell.querySelector<HTMLElement>(":scope > a") ?? cell).focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

export async function openCell(cell: Cell): Promise<void> {
  const field = edited(cell);
  const line = row(cell);
  const list = table(cell);
  if (!field || !line || !list) return;
  if (isOpen()) {
    if (isChanged()) return typed()[0]?.focus();
    leaveCell();
  }
  dropPencil();
  stand(cell);
  const page = line.querySelector<HTMLAnchorElement>("td.main-cell > a")?.getAttribute("href") ?? "";
  if (field === "move") return void htmx.ajax("get", `${page}move/`, { target: "#panel", swap: "innerHTML" });
  const columns = list.dataset.columns ? `?columns=${encodeURIComponent(list.dataset.columns)}` : "";
  const address = (list.dataset.cells ?? "").replace(/0{8}-[0-]{27}/, line.dataset.uid ?? "").replace("FIELD", encodeURIComponent(field));
  open = { cell, was: [...cell.childNodes] };
  await htmx.ajax("get", address + columns, { target: cell, swap: "innerHTML" });
  if (!isOpen()) {
    open = null;
    catchUp();
  }
  const first = typed()[0];
  first?.focus();
  if (first instanceof HTMLInputElement && first.type === "text") first.select();
}

// --- The pencil: one for the whole table, in the cell under the pointer or with the focus ---

const pencil = () => document.querySelector<HTMLButtonElement>("td > button.pencil");
const dropPencil = () => pencil()?.remove();

function showPencil(target: EventTarget | null): void {
  const cell = target instanceof Element ? target.closest<Cell>("table[data-cells] tbody td") : null;
  if (!cell || cell === pencil()?.parentElement || cell.querySelector(".cell-open")) return;
  dropPencil();
  if (!edited(cell)) return;
  const made = document.querySelector<HTMLTemplateElement>("template[data-pencil]")?.content.firstElementChild?.cloneNode(true);
  if (!(made instanceof HTMLButtonElement)) return;
  const said = (made.dataset.say ?? "").replace("{field}", cell.dataset.label ?? "");
  made.title = said;
  made.setAttribute("aria-label", said);
  cell.append(made);
}

export function setUpCells(): void {
  document.addEventListener("dblclick", (event) => {
    const cell = (event.target as Element).closest<Cell>("table[data-cells] tbody td");
    if (!cell || (event.target as Element).closest("a, input, button, summary, .cell-open")) return;
    window.getSelection()?.removeAllRanges();
    void openCell(cell);
  });
  document.addEventListener("mouseover", (event) => showPencil(event.target));
  document.addEventListener("focusin", (event) => showPencil(event.target));
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const cell = target.closest("button.pencil")?.closest<Cell>("td");
    if (cell) void openCell(cell);
    if (target.closest("[data-leave-cell]")) leaveCell();
  });
  document.addEventListener("keydown", (event) => {
    const within = event.target instanceof Element && event.target.closest("#cell-open");
    if (!within || event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      leaveCell();
    }
    const writes = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLSelectElement;
    if (event.key === "Enter" && !event.shiftKey && writes) {
      event.preventDefault();
      document.querySelector<HTMLFormElement>("form#cell-edit")?.requestSubmit();
    }
  }, true);
  // While somebody types, or a cell is about to open, the table is not redrawn under their hands.
  document.body.addEventListener("htmx:beforeRequest", (event) => holdBack(event, (event as RequestEvent).detail.elt));
  document.body.addEventListener("htmx:beforeSwap", (event) => holdBack(event, (event as RequestEvent).detail.target));
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const { requestConfig, xhr } = (event as RequestEvent).detail;
    if (requestConfig?.elt.id !== "cell-edit") return;
    if (xhr?.status === 200) saved();
    else typed()[0]?.focus();
  });
}

/** After a save the new row stands where the old one was, and one stands in the same cell; of a row that is gone, none. */
function saved(): void {
  const place = open?.cell.cellIndex ?? 0;
  const uid = open ? row(open.cell)?.dataset.uid ?? "" : "";
  open = null;
  const cell = document.querySelector<HTMLTableRowElement>(`tr[data-uid="${CSS.escape(uid)}"]`)?.cells[place];
  if (cell) stand(cell);
  catchUp();
}
