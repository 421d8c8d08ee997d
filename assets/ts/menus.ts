// Menus are popovers: they open and close by themselves. Here they get their place next to the button, and arrow keys.

/** Puts a menu below what opened it, or above where there is no room. */
export function place(menu: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  menu.classList.add("placed");
  const wide = menu.offsetWidth;
  const high = menu.offsetHeight;
  const fits = at.left + wide <= window.innerWidth - 8;
  const left = Math.max(8, fits ? at.left : at.right - wide);
  const below = at.bottom + 4;
  const top = below + high > window.innerHeight - 8 ? Math.max(8, at.top - high - 4) : below;
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}

const items = (menu: HTMLElement): HTMLElement[] =>
  [...menu.querySelectorAll<HTMLElement>("a, button, input, select")].filter((each) => each.checkVisibility());

/** Leaves those links of a menu that hold what is typed above them. */
function narrow(menu: HTMLElement, text: string): void {
  const sought = text.trim().toLowerCase();
  for (const each of menu.querySelectorAll<HTMLElement>("[data-narrowed] :is(a, .label)")) {
    each.hidden = sought !== "" && (each.matches(".label") || !each.textContent?.toLowerCase().includes(sought));
  }
}

/** In the field that narrows a menu: down goes to the links, Enter opens the first of them. */
function fromField(menu: HTMLElement, event: KeyboardEvent): void {
  const first = [...menu.querySelectorAll<HTMLElement>("[data-narrowed] a")].find((each) => !each.hidden);
  if (!first || (event.key !== "ArrowDown" && event.key !== "Enter")) return;
  event.preventDefault();
  if (event.key === "Enter") first.click();
  else first.focus();
}

function step(menu: HTMLElement, event: KeyboardEvent): void {
  const all = items(menu);
  const here = all.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined || !all.length) return;
  event.preventDefault();
  all[(to + all.length) % all.length]?.focus();
}

export function setUpMenus(): void {
  document.addEventListener(
    "toggle",
    (event) => {
      const menu = event.target as HTMLElement;
      if (!(menu instanceof HTMLElement) || !menu.matches(".menu[popover]")) return;
      const button = document.querySelector<HTMLElement>(`[popovertarget="${CSS.escape(menu.id)}"]`);
      const open = (event as ToggleEvent).newState === "open";
      button?.setAttribute("aria-expanded", String(open));
      if (open && button) {
        place(menu, button);
        const field = window.matchMedia("(pointer: fine)").matches ? menu.querySelector<HTMLElement>("[data-narrows]") : null;
        (field ?? items(menu)[0])?.focus({ preventScroll: true });
      }
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    const menu = (event.target as Element).closest?.<HTMLElement>(".menu:popover-open");
    if (menu && (event.target as Element).matches("[data-narrows]")) fromField(menu, event);
    else if (menu && !(event.target as Element).matches("input, select, textarea")) step(menu, event);
  });
  document.addEventListener("input", (event) => {
    const field = event.target as HTMLInputElement;
    const menu = field.matches("[data-narrows]") && field.closest<HTMLElement>(".menu");
    if (menu) narrow(menu, field.value);
  });
}
