import { z } from 'zod';
import type { Definition } from '../definition.ts';
import { isBlock } from '../setting-schemas.ts';

/** What is asked of servers that others run. */
export const OTHER_SERVERS = {
  scan: {
    schema: z.string().min(1),
    group: 'Other servers',
    description:
      'Virus scanner that every upload goes through before it counts: `icap://host:1344/avscan`, or a program with its arguments that reads standard input and ends with 0 (clean) or 1 (infected), such as `clamdscan --no-summary -`. None by default.',
  },
  scanWhenAway: {
    schema: z.enum(['refuse', 'accept']),
    default: 'refuse',
    group: 'Other servers',
    description: 'What becomes of uploads of which the scanner gives no verdict.',
  },
  outboundAllow: {
    schema: z
      .string()
      .regex(/^[0-9a-fA-F.:/,]+$/, 'give addresses or networks, such as 10.1.0.0/16,fd00::/8')
      .transform((text) => text.split(','))
      .refine((blocks) => blocks.every(isBlock), 'give addresses or networks, such as 10.1.0.0/16,fd00::/8'),
    group: 'Other servers',
    description:
      'Addresses and networks that are not public, separated by commas, that may be reached all the same: files are fetched from there, and webhooks sent to them.',
  },
  outboundPorts: {
    schema: z
      .string()
      .regex(/^(any|\d{1,5}(,\d{1,5})*)$/, 'give ports such as 80,443, or any')
      .transform((text) => (text === 'any' ? null : text.split(',').map(Number))),
    default: '80,443',
    group: 'Other servers',
    description: 'Ports of other servers that are connected to; `any`: all.',
  },
} as const satisfies Record<string, Definition>;
