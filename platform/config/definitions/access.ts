import { z } from 'zod';
import type { Definition } from '../definition.ts';
import { count, isKeyList, url } from '../setting-schemas.ts';

/** Who comes in, and the keys that secrets and links stand on. */
export const ACCESS = {
  ownerEmail: {
    schema: z.email(),
    group: 'Access',
    description:
      'Address of the first person, the owner of the first organisation, at the start that first sets a password. Everybody else is invited.',
  },
  ownerPassword: {
    schema: z.string().min(12, 'give at least 12 characters').max(200),
    group: 'Access',
    description: 'The password of that person. A later start does not change it.',
  },
  sessionIdleHours: {
    schema: count,
    default: '168',
    group: 'Access',
    description: 'Hours without a request after which somebody who signed in has to do so again.',
  },
  sessionHours: {
    schema: count,
    default: '720',
    group: 'Access',
    description: 'Hours after which somebody who signed in has to do so again in any case.',
  },
  oidcIssuer: {
    schema: url(/^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost)[:/])[^\s]*$/, 'https://login.example.org'),
    group: 'Access',
    description:
      'Address of an OpenID provider by which people sign in; register `/v1/auth/oidc/callback` under `MAQUETTE_PUBLIC_URL` there.',
  },
  oidcClientId: { schema: z.string().min(1), group: 'Access', description: 'What the provider calls this server.' },
  oidcClientSecret: {
    schema: z.string().min(16, 'give at least 16 characters'),
    group: 'Access',
    description: 'The secret that goes with it.',
  },
  oidcJoinDomains: {
    schema: z.string().transform((text) =>
      text
        .toLowerCase()
        .split(',')
        .map((part) => part.trim()),
    ),
    group: 'Access',
    description:
      'Domains, separated by commas, whose verified addresses become members of the first organisation by that sign-in; without it by invitation alone.',
  },
  oidcJoinRole: {
    schema: z.enum(['admin', 'editor', 'viewer']),
    default: 'viewer',
    group: 'Access',
    description: 'What they become.',
  },
  organizationsPerPerson: {
    schema: z.coerce.number().int().nonnegative(),
    default: '10',
    group: 'Access',
    description:
      'Organisations that one person may own, each of which has quotas of its own; 0: nobody makes one. Who is nothing but a guest makes none.',
  },
  auditDays: {
    schema: count,
    default: '365',
    group: 'Access',
    description: 'Days that entries of the audit log are kept.',
  },
  linkKeys: {
    schema: z
      .string()
      .transform((text) => text.split(','))
      .refine(isKeyList, 'give keys of at least 32 characters that cannot be guessed, with commas between them')
      .transform(([first = '', ...others]): [string, ...string[]] => [first, ...others]),
    group: 'Access',
    description:
      'Keys of signed links and shares, separated by commas: the first one signs, the others keep older links good. Without it the sealing key signs.',
  },
  sealingKey: {
    schema: z.string().min(32, 'give at least 32 characters that cannot be guessed'),
    group: 'Access',
    description:
      'Seals the secrets that the database holds, those of webhooks for one. Without it a key is made in the data folder; set it where data services do not share that.',
  },
} as const satisfies Record<string, Definition>;
