// The process editor: CodeMirror over the plain textarea, which stays what the form sends.
//
// It lives in a shadow root, where CodeMirror uses constructable style sheets: the page's policy allows no inline style.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

import { completeFrom } from "./complete";

const theme = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--raised)", color: "var(--ink)", fontSize: "var(--s)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)", paddingBlock: "0.5rem" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--raised)", color: "var(--soft)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--accent-wash)",
  },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionDetail": { color: "inherit", opacity: "0.75", fontStyle: "normal" },
  ".cm-diagnostic": { fontFamily: "var(--face)", padding: "0.5rem 0.75rem", maxWidth: "30rem" },
  ".cm-diagnostic-warning": { borderLeft: "3px solid var(--warn)" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--bad)" },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.number, tags.bool, tags.keyword, tags.null], color: "var(--warn)" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket], color: "var(--soft)" },
]);

function begin(form: HTMLFormElement, area: HTMLTextAreaElement): void {
  const judged = document.getElementById("judged");
  const host = document.createElement("div");
  host.className = "code-host";
  area.before(host);
  area.hidden = true;
  const root = host.attachShadow({ mode: "open" });

  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(), highlightActiveLine(), highlightActiveLineGutter(), history(), drawSelection(), indentOnInput(),
        indentUnit.of("  "), bracketMatching(), closeBrackets(), highlightSelectionMatches(), lintGutter(),
        yaml(), syntaxHighlighting(colours), theme, EditorView.lineWrapping,
        autocompletion({ override: [completeFrom(form.dataset.schema ?? "")] }),
        keymap.of([
          ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap,
        ]),
        EditorView.contentAttributes.of({ "aria-label": area.labels?.[0]?.textContent ?? "", spellcheck: "false", tabindex: "0" }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          area.value = update.state.doc.toString();
          area.dispatchEvent(new Event("input", { bubbles: true }));
        }),
      ],
    }),
  });

  const mark = () => view.dispatch(setDiagnostics(view.state, judged ? findings(view, judged) : []));
  mark();
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.target === judged) mark();
  });
  judged?.addEventListener("click", (event) => {
    const found = event.target instanceof Element && !event.target.closest("button") && event.target.closest("[data-line]");
    if (found instanceof HTMLElement) jump(view, found);
  });
}

function place(view: EditorView, found: HTMLElement): number {
  const line = view.state.doc.line(Math.min(Math.max(1, Number(found.dataset.line)), view.state.doc.lines));
  return Math.min(line.to, line.from + Math.max(0, Number(found.dataset.column) - 1));
}

function jump(view: EditorView, found: HTMLElement): void {
  const at = place(view, found);
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  view.focus();
}

function findings(view: EditorView, judged: HTMLElement): Diagnostic[] {
  return [...judged.querySelectorAll<HTMLElement>("[data-line]")].map((found) => {
    const from = place(view, found);
    const message = [...found.querySelectorAll("p")].map((each) => each.textContent?.trim()).join("\n");
    const severity = found.dataset.grave ? "error" : "warning";
    return { from, to: Math.max(from, view.state.doc.lineAt(from).to), severity, message };
  });
}

const form = document.querySelector<HTMLFormElement>("form.editor");
const area = form?.querySelector<HTMLTextAreaElement>("textarea[name=source]");
if (form && area) begin(form, area);
