interface Htmx {
  trigger(target: Element, name: string, detail?: unknown): void;
  process(target: Element): void;
  ajax(verb: string, path: string, how: { target: Element | string; swap: string }): Promise<void>;
  swap(target: Element | string, html: string, how: { swapStyle: string }): void;
}

interface Window {
  htmx: Htmx;
}

declare module "htmx.org/dist/htmx.esm.js" {
  const htmx: Htmx;
  export default htmx;
}
