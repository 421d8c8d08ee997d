// What may stand at the cursor of a process file, from the published JSON schema.
import type { Completion, CompletionContext, CompletionResult, CompletionSource } from "@codemirror/autocomplete";

interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  type?: string;
  description?: string;
}

/** A source of completions that fetches the schema when it is first needed. */
export function completeFrom(address: string): CompletionSource {
  let schema: Promise<Schema> | undefined;
  return async (context) => {
    schema ??= fetch(address).then((answer) => answer.json() as Promise<Schema>);
    return complete(context, await schema);
  };
}

function complete(context: CompletionContext, whole: Schema): CompletionResult | null {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  const value = /^\s*(?:- )*([\w]+):\s+(?:\[(?:[\w\s,]*,)?\s*)?(\w*)$/.exec(before);
  const lines = context.state.doc.sliceString(0, line.from).split("\n").slice(0, -1);
  if (value) {
    const path = [...pathTo(lines, depthOf(before)), value[1] as string];
    return offer(context, value[2] as string, values(at(whole, path)));
  }
  const key = /^\s*(?:- )*(\w*)$/.exec(before);
  if (!key || (!context.explicit && !key[1])) return null;
  return offer(context, key[1] as string, keys(at(whole, pathTo(lines, depthOf(before)))));
}

function offer(context: CompletionContext, typed: string, options: Completion[]): CompletionResult | null {
  return options.length ? { from: context.pos - typed.length, options, validFor: /^\w*$/ } : null;
}

/** How far in the key of a line stands; the dash of a list counts as space. */
function depthOf(text: string): number {
  return /^(?:\s|- )*/.exec(text)?.[0].length ?? 0;
}

/** The keys that lead to a line that stands this far in. */
function pathTo(lines: string[], depth: number): string[] {
  const path: string[] = [];
  let inside = depth;
  for (let number = lines.length - 1; number >= 0 && inside > 0; number -= 1) {
    const found = /^((?:\s|- )*)(\w+):\s*$/.exec(lines[number] as string);
    if (found && (found[1] as string).length < inside) {
      inside = (found[1] as string).length;
      path.unshift(found[2] as string);
    }
  }
  return path;
}

function at(whole: Schema, path: string[]): Schema[] {
  let here = unfold(whole, whole);
  for (const step of path) {
    here = here.flatMap((each) => (each.properties?.[step] ? unfold(each.properties[step], whole) : []));
  }
  return here;
}

/** The shapes that a schema stands for: references followed, alternatives spread, lists as their items. */
function unfold(schema: Schema, whole: Schema): Schema[] {
  if (schema.$ref) return unfold(whole.$defs?.[schema.$ref.split("/").pop() ?? ""] ?? {}, whole);
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives) return alternatives.flatMap((each) => unfold(each, whole));
  return schema.items ? unfold(schema.items, whole) : [schema];
}

function keys(shapes: Schema[]): Completion[] {
  return shapes.flatMap((shape) =>
    Object.entries(shape.properties ?? {}).map(([label, each]) => ({
      label,
      apply: `${label}: `,
      type: "property",
      info: each.description,
      boost: shape.required?.includes(label) ? 1 : 0,
    })),
  );
}

function values(shapes: Schema[]): Completion[] {
  return shapes.flatMap((shape) => {
    if (shape.type === "boolean") return [{ label: "true" }, { label: "false" }];
    const known = shape.enum ?? (shape.const === undefined ? [] : [shape.const]);
    return known.map((each) => ({ label: String(each), type: "enum" }));
  });
}
