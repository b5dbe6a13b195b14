import { modelMalformed } from '../errors.ts';

/** What the text of a CAD file says before the kernel reads it. */
export interface CadText {
  /** The program that wrote it. */
  generator: string | null;
  /** Faces of its solids; null where they cannot be counted by reading. */
  faces: number | null;
  /** Name of its unit of length, as far as it is easily found. */
  unit: string | null;
}

const LATIN1 = new TextDecoder('latin1');

/** @throws MaquetteError `model_malformed` where the file has no end */
export function checkStep(bytes: Uint8Array, name: string): CadText {
  const text = LATIN1.decode(bytes);
  const tail = text.slice(-4096);
  if (!/END-ISO-10303-21\s*;/.test(tail)) {
    throw modelMalformed(
      `${name}: byte ${bytes.byteLength}`,
      'The STEP file has no "END-ISO-10303-21;" at its end: it is cut off.',
    );
  }
  const header = text.slice(0, Math.max(0, text.indexOf('ENDSEC', 0))).slice(0, 100_000);
  const strings = [...(/FILE_NAME\s*\(([\s\S]*?)\)\s*;/.exec(header)?.[1] ?? '').matchAll(/'((?:[^']|'')*)'/g)].map(
    (found) => found[1]!.replaceAll("''", "'").trim(),
  );
  const generator = [strings.at(-2), strings.at(-3)].find((value) => value) ?? null;
  return {
    generator: strings.length >= 5 && generator ? generator.slice(0, 200) : null,
    faces: countFaces(text),
    unit: stepUnit(text),
  };
}

/** @throws MaquetteError `model_malformed` where the file has no end */
export function checkIges(bytes: Uint8Array, name: string): CadText {
  const text = LATIN1.decode(bytes);
  if (!/^.{72}T/m.test(text.slice(-400))) {
    throw modelMalformed(
      `${name}: byte ${bytes.byteLength}`,
      'The IGES file has no terminate section ("T" in column 73 of its last line): it is cut off.',
    );
  }
  const globals = (text.match(/^.{72}G/gm) ?? []).map((line) => line.slice(0, 72)).join('');
  return { generator: hollerith(globals)[4]?.slice(0, 200) || null, faces: null, unit: null };
}

/** @throws MaquetteError `model_malformed` where it has no shapes */
export function checkBrep(bytes: Uint8Array, name: string): CadText {
  const text = LATIN1.decode(bytes);
  const shapes = /^TShapes\s+(\d+)/m.exec(text);
  if (!shapes) throw modelMalformed(name, 'The BREP file has no section "TShapes": it is cut off or damaged.');
  const body = text.slice(shapes.index);
  const present = (body.match(/^(Ve|Ed|Wi|Fa|Sh|So|CS|Co)\s*$/gm) ?? []).length;
  if (present < Number(shapes[1])) {
    throw modelMalformed(name, `The BREP file declares ${shapes[1]} shapes, but ends after ${present}: it is cut off.`);
  }
  return { generator: null, faces: (body.match(/^Fa\s*$/gm) ?? []).length, unit: null };
}

function countFaces(text: string): number {
  let count = 0;
  for (const _ of text.matchAll(/=\s*(?:ADVANCED_FACE|FACE_SURFACE)\s*\(/g)) count++;
  return count;
}

function stepUnit(text: string): string | null {
  const named = /LENGTH_UNIT\s*\(\s*\)[^;]{0,200}?SI_UNIT\s*\(\s*(?:\.(\w+)\.|\$)\s*,\s*\.METRE\.\s*\)/.exec(text);
  const conversion = /CONVERSION_BASED_UNIT\s*\(\s*'(INCH|FOOT|MILLIMETRE|CENTIMETRE)'/i.exec(text);
  if (conversion) return conversion[1]!.toLowerCase();
  return named ? `${(named[1] ?? '').toLowerCase()}metre` : null;
}

/** Strings of the global section are written with their lengths: `4HInch`. */
function hollerith(text: string): string[] {
  const out: string[] = [];
  for (let at = 0; at < text.length && out.length < 30; ) {
    const found = /^\s*(\d+)H/.exec(text.slice(at, at + 12));
    if (found) {
      const start = at + found[0].length;
      out.push(text.slice(start, start + Number(found[1])).trim());
      at = start + Number(found[1]) + 1;
    } else {
      const end = text.slice(at).search(/[,;]/);
      if (end < 0) break;
      out.push(text.slice(at, at + end).trim());
      at += end + 1;
    }
  }
  return out;
}
