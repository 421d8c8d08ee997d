// The island on every page: htmx with our rules, the side sheet, menus, toasts, keys, colleagues' changes.

import "./htmx";
import { setUpBack } from "./back";
import { setUpCells } from "./cells";
import { setUpChanges } from "./changes";
import { setUpColumns } from "./columns";
import { setUpDrafts } from "./drafts";
import { setUpHold } from "./hold";
import { setUpKeys } from "./keys";
import { setUpLists } from "./lists";
import { setUpRedraw } from "./redraw";
import { setUpMenus } from "./menus";
import { setUpNames } from "./names";
import { csrf, say } from "./page";
import { setUpPalette } from "./palette";
import { setUpPanel } from "./panel";
import { setUpSelection } from "./selection";
import { setUpToasts, toast } from "./toasts";

interface RequestEvent extends Event {
  detail: { headers: Record<string, string>; verb: string; xhr?: XMLHttpRequest };
}

document.addEventListener("htmx:configRequest", (event) => {
  const { detail } = event as RequestEvent;
  if (detail.verb !== "get") detail.headers["X-CSRFToken"] = csrf();
  delete detail.headers["HX-Current-URL"]; // with a long filter no server would take it, and nobody asks for it
});

// A session that ended answers with the sign-in page: show it whole instead of inside a part of this one.
document.addEventListener("htmx:beforeSwap", (event) => {
  const answered = (event as RequestEvent).detail.xhr;
  if (answered?.responseURL && new URL(answered.responseURL).pathname.startsWith("/account/login")) {
    event.preventDefault();
    window.location.reload();
  }
});
document.addEventListener("htmx:sendError", () => toast(say("offline"), "bad"));
document.addEventListener("htmx:responseError", (event) => {
  const status = (event as RequestEvent).detail.xhr?.status ?? 0;
  if (status >= 500) toast(say("broken"), "bad");
});

// A form is sent once: a second tap while the first is on its way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (form.hasAttribute("hx-post") || event.defaultPrevented) return;
  window.setTimeout(() => form.querySelectorAll("[type=submit]").forEach((b) => b.classList.add("tapped")), 0);
});
window.addEventListener("pageshow", () => document.querySelectorAll(".tapped").forEach((b) => b.classList.remove("tapped")));

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const opener = target.closest<HTMLElement>("[data-dialog]");
  if (opener) document.querySelector<HTMLDialogElement>(`dialog#${CSS.escape(opener.dataset.dialog ?? "")}`)?.showModal();
  if (target.closest("[data-close-dialog]") || target.matches("dialog.dialog")) target.closest("dialog")?.close();
  const copier = target.closest<HTMLElement>("[data-copy]");
  if (copier) void navigator.clipboard.writeText(copier.dataset.copy ?? "").then(() => toast(say("copied")));
});

// A choice that acts at once (sort, theme, language) sends its form itself; without script the form has its button.
document.addEventListener("change", (event) => {
  const control = event.target as HTMLElement;
  const form = control.closest<HTMLFormElement>("form[data-send-on-change]");
  if (form) form.requestSubmit();
});

// On a phone the places of a row may be more than fit: the one where somebody is has to be seen.
document.querySelector(".local [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

setUpPanel();
setUpMenus();
setUpToasts();
setUpKeys();
setUpLists();
setUpSelection();
setUpColumns();
setUpHold();
setUpRedraw();
setUpNames(); // before the cells, whose keys are others while names are offered
setUpCells();
setUpPalette();
setUpDrafts();
setUpChanges();
setUpBack();
document.documentElement.dataset.ready = "";
