// Keyboard: "?" shows the keys, "g" and a letter goes somewhere, "/" finds. Never while somebody is writing.

let lead = 0;

const writing = (target: EventTarget | null) =>
  target instanceof Element && Boolean(target.closest("input, select, textarea, [contenteditable]"));

function go(key: string): boolean {
  const link = document.querySelector<HTMLAnchorElement>(`.rail a[data-key="${CSS.escape(key)}"]`);
  link?.click();
  return Boolean(link);
}

export function setUpKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (writing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const second = Date.now() - lead < 1200;
    lead = 0;
    if (second && go(event.key)) return event.preventDefault();
    if (event.key === "g") lead = Date.now();
    if (event.key === "?") {
      const help = document.querySelector<HTMLDialogElement>("dialog#keys");
      if (help && !help.open) help.showModal();
    }
    if (event.key === "/") {
      const box = document.querySelector<HTMLInputElement>("[data-find]");
      if (box) {
        event.preventDefault();
        box.focus();
      }
    }
  });
}
