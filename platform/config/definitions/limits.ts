import type { Definition } from '../definition.ts';
import { count, size } from '../setting-schemas.ts';

/** What one upload or one piece of work may take. */
export const LIMITS = {
  uploadLimit: { schema: size, default: '2GiB', group: 'Limits', description: 'Largest upload.' },
  geometryMemory: {
    schema: size,
    default: '3GiB',
    group: 'Limits',
    description: 'Memory of one process that reads models.',
  },
  recipeCache: {
    schema: size,
    default: '2GiB',
    group: 'Limits',
    description:
      'What results of expensive steps of recipes may take, which recipes that begin alike go on from; 0 keeps none. Those that nobody has used for a week go anyway.',
  },
  geometrySeconds: {
    schema: count,
    default: '300',
    group: 'Limits',
    description: 'Longest time that one model may take to be processed.',
  },
  renderMemory: {
    schema: size,
    default: '2GiB',
    group: 'Limits',
    description:
      'Memory of one render process, all of it counted; a render that needs more is refused with the figures before it begins.',
  },
  renderSeconds: {
    schema: count,
    default: '300',
    group: 'Limits',
    description:
      'Longest time that one image may take, and each frame of a sequence; encoding has time by its format and its pixels.',
  },
  modelTriangles: {
    schema: count,
    default: '20000000',
    group: 'Limits',
    description: 'Most triangles that a model may have.',
  },
} as const satisfies Record<string, Definition>;
