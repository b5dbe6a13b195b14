import { z } from 'zod';
import type { ErrorItem } from '../errors/maquette-error.ts';
import { LengthUnit } from './length-unit.ts';

/** Formats that models are written in. */
export const ExportFormat = z.enum(['glb', 'gltf', 'usdz', 'fbx', 'obj', 'stl', 'ply', '3mf']);
export type ExportFormat = z.output<typeof ExportFormat>;

/** The format of a result, and how it is written. */
export const ExportOptions = z.strictObject({
  format: ExportFormat,
  unit: LengthUnit.optional().describe('Unit of lengths in the file, where the format leaves it open'),
  up: z.enum(['y', 'z']).optional().describe('The axis that points up in the file, where the format leaves it open'),
  encoding: z.enum(['binary', 'text']).optional().describe('Of formats that have both'),
  animation: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .describe(
      'The animation in whose pose the model is written, in formats that hold none; without, it is at rest. In formats that hold one, the animation; without, the first',
    ),
  time: z.number().min(0).optional().describe('Seconds from the beginning of the animation'),
});
export type ExportOptions = z.output<typeof ExportOptions>;

/** Something of the model that a format cannot hold, or holds in another form. */
export const ExportWarning = z.object({
  code: z.string().describe('Stable, for programs: `lost_animations`, for one'),
  message: z.string().describe('One sentence for people, with counts and what became of it'),
});

export type ExportWarning = z.output<typeof ExportWarning>;

/** A choice that a format leaves open. */
export type ExportChoice = 'unit' | 'up' | 'encoding' | 'pose' | 'clip';

/** What is fixed of a format. */
export interface ExportFormatFacts {
  /** For people. */
  name: string;
  /** Of its main file, with the dot. */
  ending: string;
  contentType: string;
  /** Whether a model can take several files, which then travel as one zip. */
  several: boolean;
  /** What can be chosen. */
  choices: readonly ExportChoice[];
  /** Unit of lengths and upward axis unless chosen otherwise. */
  unit: LengthUnit;
  up: 'y' | 'z';
}

/** Every format that models are written in. */
export const EXPORT_FORMATS: Record<ExportFormat, ExportFormatFacts> = {
  glb: {
    name: 'GLB',
    ending: '.glb',
    contentType: 'model/gltf-binary',
    several: false,
    choices: [],
    unit: 'm',
    up: 'y',
  },
  gltf: {
    name: 'glTF with separate files',
    ending: '.gltf',
    contentType: 'model/gltf+json',
    several: true,
    choices: [],
    unit: 'm',
    up: 'y',
  },
  usdz: {
    name: 'USDZ',
    ending: '.usdz',
    contentType: 'model/vnd.usdz+zip',
    several: false,
    choices: ['clip'],
    unit: 'm',
    up: 'y',
  },
  fbx: {
    name: 'FBX 7.4, text',
    ending: '.fbx',
    contentType: 'application/octet-stream',
    several: false,
    choices: [],
    unit: 'cm',
    up: 'y',
  },
  obj: {
    name: 'OBJ',
    ending: '.obj',
    contentType: 'model/obj',
    several: true,
    choices: ['unit', 'up', 'pose'],
    unit: 'm',
    up: 'y',
  },
  ply: {
    name: 'PLY',
    ending: '.ply',
    contentType: 'model/ply',
    several: false,
    choices: ['unit', 'up', 'encoding', 'pose'],
    unit: 'm',
    up: 'y',
  },
  '3mf': {
    name: '3MF',
    ending: '.3mf',
    contentType: 'model/3mf',
    several: false,
    choices: ['pose'],
    unit: 'mm',
    up: 'z',
  },
  stl: {
    name: 'STL',
    ending: '.stl',
    contentType: 'model/stl',
    several: false,
    choices: ['unit', 'up', 'encoding', 'pose'],
    unit: 'mm',
    up: 'z',
  },
};

/** Names of the choices in a request. */
const CHOICE_FIELDS: Record<Exclude<keyof ExportOptions, 'format'>, readonly ExportChoice[]> = {
  unit: ['unit'],
  up: ['up'],
  encoding: ['encoding'],
  animation: ['pose', 'clip'],
  time: ['pose'],
};

/** What of export options cannot be: choices that the format does not leave open. Pointers begin with `at`. */
export function exportProblems(options: ExportOptions, at = ''): ErrorItem[] {
  const { name, choices } = EXPORT_FORMATS[options.format];
  const fields = Object.keys(CHOICE_FIELDS) as (keyof typeof CHOICE_FIELDS)[];
  return fields
    .filter((field) => options[field] !== undefined && !CHOICE_FIELDS[field].some((choice) => choices.includes(choice)))
    .map((field) => ({ pointer: `${at}/${field}`, message: `${name} does not leave \`${field}\` open.` }));
}

/** Content type and ending of what travels: of a format of several files, the zip around them. */
export function deliveryOf(format: ExportFormat): { contentType: string; ending: string } {
  const { several, contentType, ending } = EXPORT_FORMATS[format];
  return several ? { contentType: 'application/zip', ending: '.zip' } : { contentType, ending };
}
