// What every island needs: the page's words, its token, and a voice for readers who do not see the screen.

/** A text of the page in the reader's language: <html data-say-undo="..."> and so on. */
export function say(key: string): string {
  return document.documentElement.getAttribute(`data-say-${key}`) ?? "";
}

/** The token that proves a request comes from our own page. */
export function csrf(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? "";
}

/** Say a text in the polite live region. */
export function announce(text: string): void {
  const voice = document.getElementById("voice");
  if (!voice) return;
  voice.textContent = "";
  window.setTimeout(() => (voice.textContent = text), 50);
}

export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
}
