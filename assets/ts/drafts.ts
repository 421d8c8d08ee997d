// A draft that is written for a long time: it says whether it is saved, asks before it is left, and is saved on the way
// to its other view.
export function setUpDrafts(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-draft]");
  const told = form?.querySelector<HTMLElement>("[data-say-unsaved]");
  if (!form || !told) return;
  let isUnsaved = form.dataset.draft === "unsaved";
  let isLeaving = false;
  form.addEventListener("input", () => {
    isUnsaved = true;
    if (told.textContent !== told.dataset.sayUnsaved) told.textContent = told.dataset.sayUnsaved ?? "";
  });
  form.addEventListener("submit", () => (isLeaving = true));
  window.addEventListener("pageshow", () => (isLeaving = false));
  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved && !isLeaving) event.preventDefault();
  });
  const press = (name: string) => form.querySelector<HTMLButtonElement>(`button[name="${name}"]`)?.click();
  document.addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    press("save");
  });
  document.addEventListener("click", (event) => {
    const view = (event.target as Element).closest<HTMLElement>("a[data-view]");
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!view || !isUnsaved || !plain || !form.querySelector("button[name=save]")) return;
    event.preventDefault();
    press(view.dataset.view ?? "");
  });
}
