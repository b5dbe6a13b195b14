import { z } from 'zod';
import { whenUsed } from '../when-used.ts';
import { Profile } from './profile.ts';

/** The names of the built-in profiles. */
export const ProfileName = z.enum(['web', 'mobile-ar', 'commerce', 'print']);
export type ProfileName = z.output<typeof ProfileName>;

type Rule = z.input<typeof Profile>['rules'][number];

const MB = 1_000_000;
const MIB = 1024 ** 2;

/** Sections of the Khronos 3D Commerce "Real-time Asset Creation Guidelines", version 1.0.0 of October 2020. */
const guidelines = (section: string): string => `Khronos Real-time Asset Creation Guidelines 1.0, "${section}"`;
const TARGETS = guidelines('Publishing Targets Summary');
const FILES = guidelines('File Formats and Asset Structure Summary');
const FILE_SIZE = guidelines('Best Practice for File Size');
const GEOMETRY = guidelines('Geometry Summary');
const COORDINATES = guidelines('UV Coordinates Summary');
const TEXTURES = guidelines('Textures Summary');
const LIGHTING = guidelines('Lighting Summary');

/** What holds for every display. */
const SOUND: Rule[] = [
  { of: 'validationErrors', max: 0 },
  { of: 'NON_FINITE_VALUES', max: 0 },
];

/** The built-in profiles as they are written: plain documents, to use as they are or to begin from. */
export const PROFILE_DOCUMENTS: Record<ProfileName, z.input<typeof Profile>> = {
  web: {
    name: 'web',
    description:
      'A model on a page, on desktops and phones: it loads within seconds, and is drawn at the rate of the screen.',
    rules: [
      ...SOUND,
      { of: 'gltfBytes', max: 15 * MB, source: FILE_SIZE },
      { of: 'gltfBytes', max: 5 * MB, severity: 'warning', source: TARGETS },
      { of: 'triangles', max: 500_000 },
      { of: 'triangles', max: 100_000, severity: 'warning', source: TARGETS },
      { of: 'drawCalls', max: 500 },
      { of: 'drawCalls', max: 100, severity: 'warning' },
      { of: 'largestTexture', max: 4096 },
      { of: 'textureGpuBytes', max: 512 * MIB },
      { of: 'textureGpuBytes', max: 128 * MIB, severity: 'warning' },
      { of: 'textureFormats', only: ['image/png', 'image/jpeg', 'image/webp', 'image/ktx2', 'image/avif'] },
      { of: 'UNUSED_DATA', max: 0, severity: 'warning' },
      { of: 'INVERTED_NORMALS', max: 0, severity: 'warning' },
      { of: 'FAR_FROM_ORIGIN', max: 100, severity: 'warning' },
    ],
  },
  'mobile-ar': {
    name: 'mobile-ar',
    description:
      'A model in a room, by the camera of a phone: of its real size, standing on the ground, within the memory of a phone.',
    rules: [
      ...SOUND,
      { of: 'gltfBytes', max: 5 * MB, source: TARGETS },
      { of: 'triangles', max: 100_000, source: TARGETS },
      { of: 'triangles', min: 1 },
      { of: 'drawCalls', max: 50, severity: 'warning' },
      { of: 'largestTexture', max: 2048, source: TARGETS },
      { of: 'textureGpuBytes', max: 128 * MIB },
      {
        of: 'textureFormats',
        only: ['image/png', 'image/jpeg'],
        severity: 'warning',
        why: 'Quick Look, which shows USDZ on phones, reads PNG and JPEG in every version.',
      },
      {
        of: 'longestSide',
        min: 0.01,
        max: 10,
        severity: 'warning',
        why: 'The model appears at this size: check its unit.',
      },
      {
        of: 'lowestPoint',
        min: -0.01,
        max: 0.01,
        severity: 'warning',
        why: 'The model sinks into the floor or floats above it: ground it (`transform` with `ground`).',
      },
      { of: 'footprintOffset', max: 0.05, severity: 'warning' },
      { of: 'animations', max: 1, severity: 'warning', why: 'Viewers on phones play the first animation only.' },
      { of: 'points', max: 0, severity: 'warning', why: 'Quick Look shows triangles only.' },
      { of: 'lines', max: 0, severity: 'warning', why: 'Quick Look shows triangles only.' },
      {
        of: 'lights',
        max: 0,
        severity: 'warning',
        why: 'The room lights the model; viewers leave lights of the file out.',
      },
      { of: 'INVERTED_NORMALS', max: 0 },
      { of: 'INSIDE_OUT_PARTS', max: 0, severity: 'warning' },
    ],
  },
  commerce: {
    name: 'commerce',
    description:
      'A product in a shop, after the Khronos 3D Commerce "Real-time Asset Creation Guidelines" 1.0. What these recommend with "ideally" or "most" is a warning.',
    rules: [
      ...SOUND,
      { of: 'gltfBytes', max: 15 * MB, source: FILE_SIZE },
      { of: 'gltfBytes', max: 5 * MB, severity: 'warning', source: TARGETS },
      { of: 'triangles', min: 1, max: 100_000, source: TARGETS },
      { of: 'largestTexture', max: 2048, source: TARGETS },
      { of: 'texturesNotPowerOfTwo', max: 0, source: TARGETS },
      { of: 'textureFormats', only: ['image/png', 'image/jpeg', 'image/ktx2'], severity: 'warning', source: TEXTURES },
      { of: 'lights', max: 0, source: LIGHTING },
      { of: 'NON_MANIFOLD_EDGES', max: 0, source: GEOMETRY },
      { of: 'OPEN_BOUNDARIES', max: 0, severity: 'warning', source: GEOMETRY },
      { of: 'INCONSISTENT_WINDING', max: 0, source: GEOMETRY },
      { of: 'INVERTED_NORMALS', max: 0, source: GEOMETRY },
      { of: 'DUPLICATE_TRIANGLES', max: 0, severity: 'warning', source: GEOMETRY },
      { of: 'UV_OUT_OF_RANGE', max: 0, severity: 'warning', source: COORDINATES },
      { of: 'UV_OVERLAP', max: 0.01, severity: 'warning', source: COORDINATES },
      { of: 'UNEVEN_TEXEL_DENSITY', max: 4, severity: 'warning', source: COORDINATES },
      { of: 'lowestPoint', min: -0.01, max: 0.01, severity: 'warning', source: FILES },
      { of: 'footprintOffset', max: 0.05, severity: 'warning', source: FILES },
    ],
  },
  print: {
    name: 'print',
    description: 'A solid for a 3D printer: closed, manifold, all faces outwards, between 1 mm and 1 m.',
    rules: [
      { of: 'triangles', min: 1 },
      { of: 'NON_FINITE_VALUES', max: 0 },
      {
        of: 'OPEN_BOUNDARIES',
        max: 0,
        why: 'Close the holes, or give open sheets a thickness: a printer fills what is inside.',
      },
      { of: 'NON_MANIFOLD_EDGES', max: 0 },
      { of: 'INCONSISTENT_WINDING', max: 0 },
      { of: 'INSIDE_OUT_PARTS', max: 0 },
      { of: 'DEGENERATE_TRIANGLES', max: 0, severity: 'warning' },
      { of: 'DUPLICATE_TRIANGLES', max: 0 },
      { of: 'SELF_INTERSECTIONS', max: 0, severity: 'warning' },
      {
        of: 'longestSide',
        min: 0.001,
        max: 1,
        why: 'Check the unit: printers and their files count in millimetres, glTF in metres.',
      },
      { of: 'shortestSide', min: 0.0005, severity: 'warning', why: 'Thinner than most nozzles and layers can print.' },
      {
        of: 'triangles',
        max: 5_000_000,
        severity: 'warning',
        why: 'More than a printer can show; slicers become slow.',
      },
      { of: 'points', max: 0, severity: 'warning', why: 'Points and lines cannot be printed.' },
      { of: 'lines', max: 0, severity: 'warning', why: 'Points and lines cannot be printed.' },
      { of: 'splats', max: 0, severity: 'warning', why: 'Splats cannot be printed.' },
    ],
  },
};

const parsed = whenUsed(() => ({
  web: Profile.parse(PROFILE_DOCUMENTS.web),
  'mobile-ar': Profile.parse(PROFILE_DOCUMENTS['mobile-ar']),
  commerce: Profile.parse(PROFILE_DOCUMENTS.commerce),
  print: Profile.parse(PROFILE_DOCUMENTS.print),
}));

/** The built-in profiles, ready to judge by. */
export function builtInProfiles(): Record<ProfileName, Profile> {
  return parsed();
}
