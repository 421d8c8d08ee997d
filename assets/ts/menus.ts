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

const items = (menu: HTMLElement): HTMLElement[] => [...menu.querySelectorAll<HTMLElement>("a, button, input, select")];

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
        items(menu)[0]?.focus({ preventScroll: true });
      }
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    const menu = (event.target as Element).closest?.<HTMLElement>(".menu:popover-open");
    if (menu && !(event.target as Element).matches("input, select, textarea")) step(menu, event);
  });
}
