/** A unit of length named in a file. */
export interface LengthUnit {
  name: string;
  /** Metres in one unit. */
  metres: number;
}

const UNITS: [pattern: RegExp, name: string, metres: number][] = [
  [/^(mm|millimet(er|re)s?)$/i, 'millimetres', 0.001],
  [/^(cm|centimet(er|re)s?)$/i, 'centimetres', 0.01],
  [/^(dm|decimet(er|re)s?)$/i, 'decimetres', 0.1],
  [/^(m|met(er|re)s?)$/i, 'metres', 1],
  [/^(km|kilomet(er|re)s?)$/i, 'kilometres', 1000],
  [/^(in|inch|inches|")$/i, 'inches', 0.0254],
  [/^(ft|foot|feet)$/i, 'feet', 0.3048],
  [/^(yd|yards?)$/i, 'yards', 0.9144],
];

/**
 * The unit that the comments of a file name, as in `# units: mm`, `# File units = millimeters`,
 * `# Units in centimeters`; null where there is none. OBJ has no statement for it.
 */
export function findUnits(comments: readonly string[]): LengthUnit | null {
  for (const comment of comments) {
    const match = /\bunits?\b\s*(?:[:=]|is|are|in)*\s*(?:in\s+)?([a-z"]+)/i.exec(comment);
    if (!match) continue;
    const unit = UNITS.find(([pattern]) => pattern.test(match[1]!));
    if (unit) return { name: unit[1], metres: unit[2] };
  }
  return null;
}
