// Fields that name a record: names that fit are offered while one types; arrows choose, Enter takes, Escape closes.
import { place } from "./menus";
import { announce } from "./page";

const WAIT = 120;
/** What the hidden field holds for a name that is to become a record of its own. */
const NEW = "new";

let at: HTMLInputElement | null = null;
let timer = 0;
let asked: AbortController | null = null;

const box = document.createElement("div");
box.id = "names";
box.className = "menu names";
box.setAttribute("role", "listbox");
box.popover = "manual";

const options = (): HTMLElement[] => [...box.querySelectorAll<HTMLElement>("[role=option]")];
const marked = (): HTMLElement | undefined => options().find((each) => each.getAttribute("aria-selected") === "true");
const isOpen = (): boolean => at !== null && box.isConnected && box.matches(":popover-open");

/** Where the uid of the name that was chosen goes along. */
const hidden = (field: HTMLInputElement): HTMLInputElement => field.nextElementSibling as HTMLInputElement;

function mark(chosen: HTMLElement | undefined): void {
  for (const each of options()) each.setAttribute("aria-selected", String(each === chosen));
  if (chosen) at?.setAttribute("aria-activedescendant", chosen.id);
  else at?.removeAttribute("aria-activedescendant");
  chosen?.scrollIntoView({ block: "nearest" });
}

function close(): void {
  window.clearTimeout(timer);
  asked?.abort();
  at?.setAttribute("aria-expanded", "false");
  at?.removeAttribute("aria-activedescendant");
  if (box.isConnected) box.remove();
  at = null;
}

function show(field: HTMLInputElement, found: string): void {
  box.innerHTML = found;
  options().forEach((each, number) => (each.id = `name-${number}`));
  if (!options().length) {
    const none = document.createElement("p");
    none.className = "soft small";
    none.textContent = field.dataset.sayNone ?? "";
    box.replaceChildren(none);
    announce(none.textContent);
  }
  // Beside the field, so that it is above whatever the field is in: a side sheet is on top of the page.
  if (!box.isConnected) hidden(field).after(box);
  if (!box.matches(":popover-open")) box.showPopover();
  box.setAttribute("aria-label", field.labels?.[0]?.textContent?.trim() ?? "");
  field.setAttribute("aria-expanded", "true");
  place(box, field);
  // A name that is only similar is never taken by going on to the next field.
  mark(options().find((each) => each.dataset.alike === undefined));
}

async function ask(field: HTMLInputElement): Promise<void> {
  asked?.abort();
  if (!field.value.trim()) return close();
  at = field;
  asked = new AbortController();
  const url = new URL(field.dataset.names ?? "", window.location.href);
  url.searchParams.set("q", field.value);
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin", signal: asked.signal });
    if (!answer.ok || answer.redirected) return close();
    const found = await answer.text();
    if (document.activeElement === field) show(field, found);
  } catch {
    // Taken back by the next letter, or no connection: the name can be sent as it is typed.
  }
}

function take(chosen: HTMLElement | undefined): void {
  if (!at || !chosen) return;
  at.value = chosen.dataset.name ?? "";
  hidden(at).value = chosen.dataset.uid ?? "";
  if (chosen.dataset.uid === NEW) announce(at.parentElement?.querySelector(".as-new")?.textContent ?? "");
  close();
}

function step(event: KeyboardEvent): boolean {
  const all = options();
  const here = all.indexOf(marked() as HTMLElement);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1 }[event.key];
  if (to === undefined || !all.length) return false;
  mark(all[(to + all.length) % all.length]);
  return true;
}

/** What a key does while names are offered; true when the key is used up by it. */
function pressed(event: KeyboardEvent): boolean {
  if (event.key === "Escape") close();
  else if (event.key === "Enter" && marked()) take(marked());
  else return step(event);
  return true;
}

export function setUpNames(): void {
  const fieldOf = (event: Event): HTMLInputElement | null =>
    event.target instanceof HTMLInputElement && event.target.matches("[data-names]") ? event.target : null;
  document.addEventListener("focusin", (event) => {
    const field = fieldOf(event);
    if (!field || field.role === "combobox") return;
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-controls", "names");
  });
  document.addEventListener("input", (event) => {
    const field = fieldOf(event);
    if (!field) return;
    hidden(field).value = "";
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void ask(field), WAIT);
  });
  document.addEventListener("keydown", (event) => {
    const field = fieldOf(event);
    if (!field || event.isComposing) return;
    if (!isOpen()) return void (event.key === "ArrowDown" && ask(field));
    if (event.key === "Tab") take(marked());
    else if (pressed(event)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);
  // A press on a name leaves the focus in the field.
  document.addEventListener("mousedown", (event) => (event.target as Element).closest("#names") && event.preventDefault());
  document.addEventListener("click", (event) => take((event.target as Element).closest<HTMLElement>("#names [role=option]") ?? undefined));
  document.addEventListener("focusout", (event) => event.target === at && close());
  document.addEventListener("scroll", (event) => at && isOpen() && event.target !== box && place(box, at), true);
}
