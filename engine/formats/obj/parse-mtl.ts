import { LineScanner } from './line-scanner.ts';

/** A texture statement of a material library: the file and the options before it. */
export interface MtlMap {
  path: string;
  /** `-s`, default 1. */
  scale: [number, number];
  /** `-o`, default 0. */
  offset: [number, number];
  /** `-bm`, default 1. */
  bumpMultiplier: number;
  clamp: boolean;
}

/** A material as the library states it; null for what it does not state. Colours are as written. */
export interface MtlMaterial {
  name: string;
  diffuse: number[] | null;
  specular: number[] | null;
  emissive: number[] | null;
  /** `Ns` */
  shininess: number | null;
  /** `Ni` */
  indexOfRefraction: number | null;
  /** `d`, 1 is opaque. */
  dissolve: number | null;
  /** `Tr`, 0 is opaque. */
  transparency: number | null;
  illumination: number | null;
  /** The PBR extension: `Pr`, `Pm`, `Pc`, `Pcr`, `Ps`. */
  roughness: number | null;
  metallic: number | null;
  clearcoat: number | null;
  clearcoatRoughness: number | null;
  sheen: number | null;
  /** By statement in lower case: `map_kd`, `norm`, … */
  maps: Map<string, MtlMap>;
}

/** A material library. */
export interface MtlLibrary {
  materials: MtlMaterial[];
  /** Whether Blender wrote it, whose `Ns` follows its own curve. */
  fromBlender: boolean;
}

const MAPS = new Set([
  'map_kd', 'map_ka', 'map_ks', 'map_ke', 'map_ns', 'map_d', 'map_bump', 'bump', 'norm', 'map_kn', 'map_pr', 'map_pm',
  'map_ps', 'map_pc', 'map_pcr', 'map_rma', 'map_orm', 'disp', 'map_disp', 'decal', 'refl', 'map_refl', 'map_tr', 'map_ao',
]); // biome-ignore format: one word after the other

/** Options of texture statements and how many values they take. Those with `-1` take one to three numbers. */
const OPTIONS: Record<string, number> = {
  '-blendu': 1, '-blendv': 1, '-cc': 1, '-clamp': 1, '-texres': 1, '-imfchan': 1, '-type': 1, '-bm': 1, '-boost': 1,
  '-mm': 2, '-o': -1, '-s': -1, '-t': -1, '-colorspace': 1,
}; // biome-ignore format: one word after the other

/**
 * Parses a material library (Wavefront MTL with the PBR statements of 2015: Pr, Pm, Ps, Pc, Pcr, norm) from UTF-8
 * bytes. Unknown statements are skipped; a material that is defined twice keeps its first definition.
 */
export function parseMtl(bytes: Uint8Array): MtlLibrary {
  const scanner = new LineScanner(bytes);
  const materials = new Map<string, MtlMaterial>();
  let fromBlender = false;
  let current: MtlMaterial | null = null;
  for (; !scanner.done; scanner.nextLine()) {
    if (!scanner.skipBlanks()) continue;
    if (bytes[scanner.pos] === 0x23) {
      if (scanner.line < 10 && /blender/i.test(scanner.rest())) fromBlender = true;
      continue;
    }
    const word = scanner.word().toLowerCase();
    if (word === 'newmtl') {
      current = emptyMaterial(scanner.rest());
      if (!materials.has(current.name)) materials.set(current.name, current);
    } else if (current && MAPS.has(word)) {
      const map = parseMap(scanner.rest());
      if (map && !current.maps.has(word)) current.maps.set(word, map);
    } else if (current) {
      statement(current, word, scanner);
    }
  }
  return { materials: [...materials.values()], fromBlender };
}

function statement(material: MtlMaterial, word: string, scanner: LineScanner): void {
  switch (word) {
    case 'kd':
      material.diffuse = color(scanner);
      break;
    case 'ks':
      material.specular = color(scanner);
      break;
    case 'ke':
      material.emissive = color(scanner);
      break;
    case 'ns':
      material.shininess = finite(scanner.number());
      break;
    case 'ni':
      material.indexOfRefraction = finite(scanner.number());
      break;
    case 'd': {
      const value = scanner.number();
      // `d -halo factor`
      material.dissolve = finite(Number.isNaN(value) ? scanner.number() : value);
      break;
    }
    case 'tr':
      material.transparency = finite(scanner.number());
      break;
    case 'illum':
      material.illumination = finite(scanner.number());
      break;
    case 'pr':
      material.roughness = finite(scanner.number());
      break;
    case 'pm':
      material.metallic = finite(scanner.number());
      break;
    case 'pc':
      material.clearcoat = finite(scanner.number());
      break;
    case 'pcr':
      material.clearcoatRoughness = finite(scanner.number());
      break;
    case 'ps':
      material.sheen = finite(scanner.number());
      break;
  }
}

/** `r g b`, or `r` alone for a grey. Spectral curves and CIE XYZ are not read. */
function color(scanner: LineScanner): number[] | null {
  const r = finite(scanner.number());
  if (r === null) return null;
  const g = scanner.skipBlanks() ? finite(scanner.number()) : null;
  const b = scanner.skipBlanks() ? finite(scanner.number()) : null;
  return [r, g ?? r, b ?? g ?? r];
}

/** Options first, then the file name up to the end of the line, blanks included. */
function parseMap(text: string): MtlMap | null {
  const map: MtlMap = { path: '', scale: [1, 1], offset: [0, 0], bumpMultiplier: 1, clamp: false };
  let rest = text;
  for (;;) {
    const option = /^(-[a-z]+)\s+/i.exec(rest);
    const count = option ? OPTIONS[option[1]!.toLowerCase()] : undefined;
    if (!option || count === undefined) break;
    rest = rest.slice(option[0].length);
    const values: string[] = [];
    const pattern = count < 0 ? /^([-+]?[\d.][\d.eE+-]*)(\s+|$)/ : /^(\S+)(\s+|$)/;
    for (let i = 0; i < (count < 0 ? 3 : count); i++) {
      const value = pattern.exec(rest);
      if (!value) break;
      values.push(value[1]!);
      rest = rest.slice(value[0].length);
    }
    applyOption(map, option[1]!.toLowerCase(), values);
  }
  map.path = rest.trim().replace(/^"(.*)"$/, '$1');
  return map.path === '' ? null : map;
}

function applyOption(map: MtlMap, option: string, values: string[]): void {
  const numbers = values.map(Number);
  const pair = (fallback: number): [number, number] => [numbers[0] ?? fallback, numbers[1] ?? fallback];
  if (numbers.some((value) => !Number.isFinite(value)) && option !== '-clamp') return;
  if (option === '-s') map.scale = pair(1);
  else if (option === '-o') map.offset = pair(0);
  else if (option === '-bm') map.bumpMultiplier = numbers[0] ?? 1;
  else if (option === '-clamp') map.clamp = values[0]?.toLowerCase() === 'on';
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function emptyMaterial(name: string): MtlMaterial {
  return {
    name,
    diffuse: null,
    specular: null,
    emissive: null,
    shininess: null,
    indexOfRefraction: null,
    dissolve: null,
    transparency: null,
    illumination: null,
    roughness: null,
    metallic: null,
    clearcoat: null,
    clearcoatRoughness: null,
    sheen: null,
    maps: new Map(),
  };
}
