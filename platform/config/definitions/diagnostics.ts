import { z } from 'zod';
import { LOG_LEVELS } from '../../telemetry/logger.ts';
import type { Definition } from '../definition.ts';

/** What is logged. */
export const DIAGNOSTICS = {
  logLevel: {
    schema: z.enum(LOG_LEVELS),
    default: 'info',
    group: 'Diagnostics',
    description: `Least level that is logged: ${LOG_LEVELS.join(', ')}.`,
  },
} as const satisfies Record<string, Definition>;
