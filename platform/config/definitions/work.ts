import type { Definition } from '../definition.ts';
import { count } from '../setting-schemas.ts';

/** How much is done at once. */
export const WORK = {
  geometryConcurrency: {
    schema: count,
    default: '1',
    group: 'Work',
    description: 'Models that are processed at once, each in a sandboxed process of its own.',
  },
  renderConcurrency: {
    schema: count,
    default: '1',
    group: 'Work',
    description: 'Renders that run at once, each in a sandboxed process of its own.',
  },
  renderThreads: {
    schema: count,
    group: 'Work',
    description:
      'Threads of one render, and of a recipe that traces rays, compares pictures or simplifies meshes; as many as the machine has cores when not set.',
  },
  jobLeaseSeconds: {
    schema: count,
    default: '10',
    group: 'Work',
    description:
      'How long a job stays with a worker that gives no sign of life; then another one begins it anew. Workers give one four times a second, so that only one that died, or a machine that stood still, is silent for so long.',
  },
} as const satisfies Record<string, Definition>;
