// A list that is redrawn because a colleague changed something keeps what was ticked, and where one stands in it.
import { stand } from "./cells";
import { boxes, every as all, tell } from "./selection";

interface SwapEvent extends Event {
  detail: { target?: Element }; // a swap of the board's own names none
}
interface Kept {
  ticked: Set<string>;
  left: Set<string>;
  all: boolean;
  uid: string;
  place: number;
}

let kept: Kept | null = null;

function keep(list: Element): Kept {
  const values = (ticked: boolean) => new Set(boxes(list).filter((box) => box.checked === ticked).map((box) => box.value));
  const cell = document.activeElement?.closest<HTMLTableCellElement>("tr.at > td");
  return {
    ticked: values(true),
    left: values(false),
    all: all(list)?.checked ?? false,
    uid: list.querySelector<HTMLElement>("tr.at")?.dataset.uid ?? "",
    place: cell && list.contains(cell) ? cell.cellIndex : -1,
  };
}

function restore(list: Element, { ticked, left, all: every, uid, place }: Kept): void {
  // A row that is new belongs to "all, on every page", and to nothing else.
  boxes(list).forEach((box) => (box.checked = every ? !left.has(box.value) : ticked.has(box.value)));
  const box = all(list);
  if (box) box.checked = every;
  tell(list);
  const row = uid ? list.querySelector<HTMLTableRowElement>(`tr[data-uid="${CSS.escape(uid)}"]`) : null;
  row?.classList.add("at");
  const cell = row?.cells[place];
  if (cell) stand(cell);
}

export function setUpRedraw(): void {
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { target } = (event as SwapEvent).detail;
    if (target?.id === "rows" && !event.defaultPrevented) kept = keep(target);
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const { target } = (event as SwapEvent).detail;
    if (target?.id !== "rows" || !kept) return;
    restore(target, kept);
    kept = null;
  });
}
