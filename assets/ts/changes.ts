// Colleagues' changes: a visible page asks one cheap question every few seconds, and is silent when nobody looks.
// <div data-changes-url="/deals/changes/" data-since="..."> gets {"since": "...", "changed": ["uid", ...]} back; when
// something changed, "changed" goes to the body, where hx-trigger="changed from:body" listens.

import htmx from "./htmx";

const EVERY = 4000;
const AT_MOST = 60000;

export function setUpChanges(): void {
  const source = document.querySelector<HTMLElement>("[data-changes-url]");
  if (!source) return;
  let timer = 0;
  let wait = EVERY;

  const later = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, wait);
  };

  const ask = async () => {
    if (document.hidden) return;
    try {
      const url = new URL(source.dataset.changesUrl ?? "", window.location.href);
      url.searchParams.set("since", source.dataset.since ?? "");
      const answer = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const said = (await answer.json()) as { since: string; changed: string[] };
      source.dataset.since = said.since;
      wait = EVERY;
      if (said.changed.length) htmx.trigger(document.body, "changed", { uids: said.changed });
    } catch {
      wait = Math.min(wait * 2, AT_MOST);
    }
    later();
  };

  document.addEventListener("visibilitychange", () => {
    window.clearTimeout(timer);
    if (!document.hidden) void ask();
  });
  later();
}
