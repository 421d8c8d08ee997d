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

export function setUpPanel(): void {
  const sheet = panel();
  if (!sheet) return;
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== sheet) return;
    if (sheet.innerHTML.trim()) openPanel();
    else closePanel();
  });
  document.body.addEventListener("panel-done", closePanel);
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
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
