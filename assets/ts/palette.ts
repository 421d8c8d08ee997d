// The palette (Ctrl-K, Cmd-K): places, things to make, records. The server finds; here are keys, and what was seen last.

import { announce, fill } from "./page";

interface Seen {
  url: string;
  name: string;
  icon: string;
}

const KEPT = 6;
const WAIT = 120;
const STORE = "etappe.seen";
const RECORD = /^\/(accounts|people|deals)\/[0-9a-f-]{36}\/$/;
const ICONS: Record<string, string> = { accounts: "building", people: "user", deals: "layout-kanban" };

let timer = 0;
let asked: AbortController | null = null;
let opener: Element | null = null;
let sprite = "";

const dialog = (): HTMLDialogElement | null => document.querySelector<HTMLDialogElement>("dialog#palette");
const box = (sheet: HTMLElement): HTMLInputElement => sheet.querySelector<HTMLInputElement>("[role=combobox]")!;
const list = (sheet: HTMLElement): HTMLElement => sheet.querySelector<HTMLElement>("[role=listbox]")!;
const options = (sheet: HTMLElement): HTMLElement[] => [...list(sheet).querySelectorAll<HTMLElement>("[role=option]")];

/** What was seen last, by whoever is signed in; somebody else's list is forgotten. */
function seen(who: string): Seen[] {
  try {
    const kept = JSON.parse(window.localStorage.getItem(STORE) ?? "{}") as { who?: string; list?: Seen[] };
    return kept.who === who && Array.isArray(kept.list) ? kept.list.filter((each) => RECORD.test(each.url)) : [];
  } catch {
    return [];
  }
}

function remember(sheet: HTMLElement): void {
  const kind = RECORD.exec(window.location.pathname)?.[1];
  const name = document.querySelector("h1")?.textContent?.trim();
  const who = sheet.dataset.who ?? "";
  const others = seen(who).filter((each) => each.url !== window.location.pathname);
  const here = kind && name ? [{ url: window.location.pathname, name, icon: ICONS[kind] ?? "search" }] : [];
  try {
    window.localStorage.setItem(STORE, JSON.stringify({ who, list: [...here, ...others].slice(0, KEPT + 1) }));
  } catch {
    // A browser that keeps nothing still finds.
  }
}

function option(each: Seen, number: number): HTMLElement {
  const line = document.createElement("div");
  line.className = "palette-choice";
  line.id = `palette-seen-${number}`;
  line.dataset.url = each.url;
  line.setAttribute("role", "option");
  line.setAttribute("aria-selected", "false");
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("class", "icon");
  icon.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${each.icon}`);
  icon.append(use);
  const what = document.createElement("span");
  what.className = "grow what";
  what.textContent = each.name;
  line.append(icon, what);
  return line;
}

function showSeen(sheet: HTMLElement): void {
  const found = seen(sheet.dataset.who ?? "").filter((each) => each.url !== window.location.pathname);
  if (!found.length) return;
  const group = document.createElement("div");
  group.setAttribute("role", "group");
  group.setAttribute("aria-labelledby", "palette-seen");
  const title = document.createElement("div");
  title.className = "hint";
  title.id = "palette-seen";
  title.setAttribute("role", "presentation");
  title.textContent = sheet.dataset.sayRecent ?? "";
  group.append(title, ...found.slice(0, KEPT).map((each, number) => option(each, number + 1)));
  list(sheet).prepend(group);
}

function mark(sheet: HTMLElement, chosen: HTMLElement | undefined): void {
  for (const each of options(sheet)) each.setAttribute("aria-selected", String(each === chosen));
  if (chosen) box(sheet).setAttribute("aria-activedescendant", chosen.id);
  else box(sheet).removeAttribute("aria-activedescendant");
  chosen?.scrollIntoView({ block: "nearest" });
}

const chosen = (sheet: HTMLElement): HTMLElement | undefined =>
  options(sheet).find((each) => each.getAttribute("aria-selected") === "true");

async function ask(sheet: HTMLDialogElement): Promise<void> {
  asked?.abort();
  asked = new AbortController();
  const text = box(sheet).value;
  const form = box(sheet).form!;
  const url = new URL(form.action, window.location.href);
  url.searchParams.set("q", text);
  url.searchParams.set("choices", "");
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin", signal: asked.signal });
    if (!answer.ok || answer.redirected) return window.location.assign(form.action);
    list(sheet).innerHTML = await answer.text();
    if (!text.trim()) showSeen(sheet);
    mark(sheet, options(sheet)[0]);
    list(sheet).scrollTop = 0;
    if (text.trim()) announce(fill(sheet.dataset.sayResults ?? "", { count: String(options(sheet).length) }));
  } catch {
    // Taken back by the next letter, or no connection: what is shown stays.
  }
}

function open(sheet: HTMLDialogElement): void {
  if (sheet.open) return box(sheet).select();
  opener = document.activeElement;
  box(sheet).value = "";
  list(sheet).replaceChildren();
  showSeen(sheet);
  mark(sheet, options(sheet)[0]);
  sheet.showModal();
  box(sheet).focus();
  void ask(sheet);
}

function go(sheet: HTMLDialogElement, line: HTMLElement | undefined, away: boolean): void {
  const url = line?.dataset.url;
  if (!url) return;
  if (line.dataset.fill) {
    box(sheet).value = line.dataset.fill;
    box(sheet).focus();
    return void ask(sheet);
  }
  const [path, part] = url.split("#");
  if (part && path === window.location.pathname && !away) {
    sheet.close();
    window.location.hash = part;
    return writeNote();
  }
  if (away) window.open(url, "_blank", "noopener");
  else window.location.assign(url);
  sheet.close();
}

function step(sheet: HTMLDialogElement, event: KeyboardEvent): void {
  const all = options(sheet);
  const here = all.indexOf(chosen(sheet) as HTMLElement);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, PageDown: here + 5, PageUp: here - 5 }[event.key];
  if (to === undefined || !all.length) return;
  event.preventDefault();
  const far = event.key.startsWith("Page");
  mark(sheet, all[far ? Math.max(0, Math.min(to, all.length - 1)) : (to + all.length) % all.length]);
}

/** An address that ends in #note means the note that is to be written. */
function writeNote(): void {
  if (window.location.hash === "#note") document.querySelector<HTMLTextAreaElement>("#note textarea")?.focus();
}

export function setUpPalette(): void {
  // The browser goes to the place an address names when all is there, and would take the focus along.
  window.addEventListener("load", () => window.setTimeout(writeNote));
  const sheet = dialog();
  if (!sheet) return;
  sprite = document.querySelector(".icon use")?.getAttribute("href")?.split("#")[0] ?? "";
  remember(sheet);
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(sheet);
  });
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLElement>("[data-palette]");
    if (!link || event.ctrlKey || event.metaKey || !window.matchMedia("(min-width: 62rem)").matches) return;
    event.preventDefault();
    open(sheet);
  });
  box(sheet).addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void ask(sheet), WAIT);
  });
  box(sheet).addEventListener("keydown", (event) => step(sheet, event));
  box(sheet).form!.addEventListener("submit", (event) => {
    if (!chosen(sheet)) return;
    event.preventDefault();
    go(sheet, chosen(sheet), false);
  });
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) sheet.close();
    go(sheet, (event.target as Element).closest<HTMLElement>("[role=option]") ?? undefined, event.ctrlKey || event.metaKey);
  });
  sheet.addEventListener("mousemove", (event) => {
    const line = (event.target as Element).closest<HTMLElement>("[role=option]");
    if (line && line !== chosen(sheet)) mark(sheet, line);
  });
  sheet.addEventListener("close", () => {
    window.clearTimeout(timer);
    asked?.abort();
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    opener = null;
  });
}
