import { NUMBER_TYPES } from '../crate/crate-types.ts';
import {
  STAGE,
  splitType,
  type UsdAttribute,
  type UsdLayer,
  type UsdPrim,
  type UsdType,
  type UsdValue,
} from '../usd-layer.ts';

/** Writes a layer as text, for tests and for looking at. */
export function writeUsda({ root, time }: UsdLayer): string {
  const lines = ['#usda 1.0', '(', `    defaultPrim = "${root.name}"`, `    metersPerUnit = ${STAGE.metersPerUnit}`];
  lines.push(`    upAxis = "${STAGE.upAxis}"`);
  if (time) {
    lines.push(`    timeCodesPerSecond = ${time.perSecond}`, `    framesPerSecond = ${time.perSecond}`);
    lines.push(`    startTimeCode = ${time.start}`, `    endTimeCode = ${time.end}`);
  }
  lines.push(')', '');
  writePrim(root, '', lines);
  return `${lines.join('\n')}\n`;
}

function writePrim(prim: UsdPrim, indent: string, lines: string[]): void {
  const metadata = [
    prim.apiSchemas.length > 0 && `prepend apiSchemas = [${prim.apiSchemas.map(quote).join(', ')}]`,
    prim.modelKind && `kind = ${quote(prim.modelKind)}`,
    prim.displayName !== undefined && `displayName = ${quote(prim.displayName)}`,
    prim.instanceable && 'instanceable = true',
    prim.reference && `prepend references = @${prim.reference.asset}@</${prim.reference.prim}>`,
  ].filter((line) => typeof line === 'string');
  lines.push(`${indent}def ${prim.type ? `${prim.type} ` : ''}${quote(prim.name)}${metadata.length > 0 ? ' (' : ''}`);
  for (const line of metadata) lines.push(`${indent}    ${line}`);
  if (metadata.length > 0) lines.push(`${indent})`);
  lines.push(`${indent}{`);
  const inner = `${indent}    `;
  for (const property of prim.properties) {
    if (property.kind === 'relationship') {
      const targets = property.targets.map((path) => `<${path}>`);
      lines.push(`${inner}rel ${property.name} = ${targets.length === 1 ? targets[0] : `[${targets.join(', ')}]`}`);
    } else writeAttribute(property, inner, lines);
  }
  for (const child of prim.children) writePrim(child, inner, lines);
  lines.push(`${indent}}`);
}

function writeAttribute(attribute: UsdAttribute, indent: string, lines: string[]): void {
  const { name, type, value, samples, connection, uniform, interpolation, elementSize } = attribute;
  const head = `${indent}${uniform ? 'uniform ' : ''}${type} ${name}`;
  const metadata = [
    elementSize !== undefined && `elementSize = ${elementSize}`,
    interpolation && `interpolation = "${interpolation}"`,
  ].filter((part) => typeof part === 'string');
  const tail = metadata.length > 0 ? ` (\n${metadata.map((part) => `${indent}    ${part}\n`).join('')}${indent})` : '';
  if (value !== undefined) lines.push(`${head} = ${valueText(type, value)}${tail}`);
  else if (!samples && connection === undefined) lines.push(`${head}${tail}`);
  if (connection !== undefined) lines.push(`${head}.connect = <${connection}>`);
  if (samples) {
    lines.push(`${head}.timeSamples = {`);
    for (const [i, time] of samples.times.entries())
      lines.push(`${indent}    ${time}: ${valueText(type, samples.values[i]!)},`);
    lines.push(`${indent}}`);
  }
}

function valueText(type: UsdType, value: UsdValue): string {
  const { scalar, isArray } = splitType(type);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'string') return scalar === 'asset' ? `@${value}@` : quote(value);
  if (typeof value === 'number') return numberText(value);
  const numbers = NUMBER_TYPES[scalar];
  if (!numbers) return `[${Array.from(value as readonly string[], quote).join(', ')}]`;
  const items: string[] = [];
  for (let i = 0; i < value.length; i += numbers.width) {
    const item = Array.from({ length: numbers.width }, (_, k) => numberText((value as ArrayLike<number>)[i + k]!));
    if (scalar === 'matrix4d') {
      items.push(`( ${[0, 4, 8, 12].map((row) => `(${item.slice(row, row + 4).join(', ')})`).join(', ')} )`);
    } else if (scalar === 'quatf') items.push(`(${item[3]}, ${item[0]}, ${item[1]}, ${item[2]})`);
    else items.push(numbers.width === 1 ? item[0]! : `(${item.join(', ')})`);
  }
  return isArray ? `[${items.join(', ')}]` : items[0]!;
}

/** As short as single precision allows, which all arrays that are large have. */
function numberText(value: number): string {
  const short = Number(value.toPrecision(9));
  return String(
    Math.fround(short) === Math.fround(value) && Math.fround(value) === value ? Number(value.toPrecision(8)) : value,
  );
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
