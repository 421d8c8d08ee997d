// What is ticked in a list: a range with Shift, the whole page from its head, "all, but these", and how many it comes to.

export const boxes = (list: Element) => [...list.querySelectorAll<HTMLInputElement>("td.pick input")];
export const every = (list: Element) => list.querySelector<HTMLInputElement>("input[name=all]");

let last: HTMLInputElement | null = null;

/** Says how many are ticked; the head is ticked where the whole page is. */
export function tell(list: Element): void {
  const all = boxes(list);
  const ticked = all.filter((box) => box.checked).length;
  const head = list.querySelector<HTMLInputElement>("[data-pick-page]");
  const told = list.querySelector<HTMLElement>("[data-say-picked]");
  if (head) {
    head.checked = ticked > 0 && ticked === all.length;
    head.indeterminate = ticked > 0 && ticked < all.length;
  }
  if (told) told.textContent = ticked && !every(list)?.checked ? (told.dataset.sayPicked ?? "").replace("{n}", String(ticked)) : "";
}

/** Ticks all between the box ticked last and this one as this one is. */
function range(list: Element, to: HTMLInputElement): void {
  const all = boxes(list);
  const ends = [all.indexOf(last as HTMLInputElement), all.indexOf(to)].sort((a, b) => a - b);
  if (ends[0] >= 0) all.slice(ends[0], ends[1] + 1).forEach((box) => (box.checked = to.checked));
}

/** What is ticked off while "all" is ticked goes along as exceptions. */
function leaveOut(form: HTMLFormElement): void {
  form.querySelectorAll("input[name=except]").forEach((each) => each.remove());
  if (!every(form)?.checked) return;
  for (const { value } of boxes(form).filter((box) => !box.checked)) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "except", value });
    form.append(field);
  }
}

export function setUpSelection(): void {
  document.addEventListener("click", (event) => {
    const box = event.target as HTMLInputElement;
    const list = box.matches?.("td.pick input") ? box.closest("form[data-selecting]") : null;
    if (!list) return;
    if (event.shiftKey) range(list, box);
    last = box;
  });
  document.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    const list = box.closest("form[data-selecting]");
    if (!list) return;
    const all = every(list);
    if (all && box.matches("[data-pick-page]:not(:checked)")) all.checked = false;
    if (box === all || box.matches("[data-pick-page]")) boxes(list).forEach((each) => (each.checked = box.checked));
    tell(list);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.matches("[data-selecting]")) leaveOut(form);
  });
  // What was ticked when one comes back to a page.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-selecting]").forEach(tell));
}
