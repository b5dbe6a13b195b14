const KEYWORDS = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);

/** `createRender` and `Last-Event-Id` as a name of Python: `create_render`, `last_event_id`. */
export function snakeCase(name: string): string {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll(/[^A-Za-z0-9]+/g, '_');
  const lower = words.toLowerCase();
  return KEYWORDS.has(lower) ? `${lower}_` : lower;
}

/** `max-deviation` and `boundsMin` as a part of the name of a class: `MaxDeviation`, `BoundsMin`. */
export function classCase(name: string): string {
  return name.replaceAll(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Whether a name can stand in a class as a field. */
export function isField(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && !KEYWORDS.has(name);
}

/** A text as a string literal of Python, which those of JSON are. */
export function literal(text: string): string {
  return JSON.stringify(text);
}
