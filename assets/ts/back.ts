// Going back from a record leads to the row that one came from: the focus is on its link again.
const LINKS = ".table a[href], .card a[href], .calendar a[href], .todo a[href]";

function cameFrom(): string {
  const kept: unknown = window.history.state;
  return kept && typeof kept === "object" && "from" in kept ? String(kept.from) : "";
}

export function setUpBack(): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>(LINKS);
    const from = link?.getAttribute("href");
    if (from) window.history.replaceState({ ...window.history.state, from }, "");
  });
  const [went] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const from = cameFrom();
  if (went?.type !== "back_forward" || !from) return;
  const row = [...document.querySelectorAll<HTMLAnchorElement>(LINKS)].find((each) => each.getAttribute("href") === from);
  row?.focus({ preventScroll: true });
}
