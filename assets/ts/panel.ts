// The side sheet: whatever is swapped into #panel opens it; closing empties it and gives the focus back.

const panel = (): HTMLDialogElement | null => document.querySelector<HTMLDialogElement>("dialog#panel");

let opener: Element | null = null;

export function openPanel(html?: string): void {
  const sheet = panel();
  if (!sheet) return;
  if (html !== undefined) sheet.innerHTML = html;
  if (sheet.open) return;
  opener = document.activeElement;
  sheet.showModal();
  sheet.scrollTop = 0;
}

export function closePanel(): void {
  panel()?.close();
}

// What a sheet shows can be a page of its own as well, opened by its address: done there leads back to where it is about.
function leave(): void {
  const back = document.querySelector<HTMLAnchorElement>(".standalone a[data-close-panel]");
  if (!panel()?.open && back) window.location.assign(back.href);
  else closePanel();
}

export function setUpPanel(): void {
  const sheet = panel();
  if (!sheet) return;
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== sheet) return;
    if (sheet.innerHTML.trim()) openPanel();
    else closePanel();
  });
  document.body.addEventListener("panel-done", leave);
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (!sheet.open) return;
    if (target === sheet || target.closest("[data-close-panel]")) {
      if (target !== sheet) event.preventDefault();
      closePanel();
    }
  });
  sheet.addEventListener("close", () => {
    sheet.innerHTML = "";
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    opener = null;
  });
}
