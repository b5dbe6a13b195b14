import { z } from 'zod';
import { idSchema } from '#contracts/ids/ids.ts';
import { LOG_LEVELS } from '../telemetry/logger.ts';
import {
  count,
  isBlock,
  isKeyList,
  OrganizationQuota,
  optionalCount,
  port,
  rate,
  serviceUrl,
  size,
  url,
} from './setting-schemas.ts';

/** One setting: its variable is `MAQUETTE_` and the name in capitals, its key in `maquette.config.json` the name itself. */
export interface Definition {
  schema: z.ZodType;
  /** As it would be written in the variable; undefined when there is none. */
  default?: string;
  /** One sentence for `docs/configuration.md`. */
  description: string;
  group: 'Server' | 'Access' | 'Storage' | 'Work' | 'Limits' | 'Several processes' | 'Diagnostics';
}

/** All settings. `docs/configuration.md` is generated from this table. */
export const DEFINITIONS = {
  port: { schema: port, default: '3000', group: 'Server', description: 'Port of the gateway; 0 takes a free one.' },
  host: {
    schema: z.string().min(1),
    default: '127.0.0.1',
    group: 'Server',
    description: 'Address that the gateway listens on; 0.0.0.0 opens it to the network.',
  },
  corsOrigins: {
    schema: z
      .string()
      .regex(/^(\*|https?:\/\/[^\s,/]+)(,https?:\/\/[^\s,/]+)*$/, 'give origins such as https://shop.example.com, or *')
      .transform((text) => text.split(',')),
    group: 'Server',
    description:
      'Origins, separated by commas, whose pages may use the API from a browser with a key or token, never with cookies; `*`: every one.',
  },
  tlsCertificate: {
    schema: z.string().min(1),
    group: 'Server',
    description:
      'File with the certificate chain (PEM): with it and `MAQUETTE_TLS_KEY` the gateway speaks HTTPS, HTTP/2 and 1.1. A renewed file is taken without a restart.',
  },
  tlsKey: {
    schema: z.string().min(1),
    group: 'Server',
    description: 'File with the key of the certificate (PEM).',
  },
  bootstrapKey: {
    schema: z.string().regex(/^mq_live_[A-Za-z0-9]{24,}$/, 'give mq_live_ and at least 24 letters or digits'),
    group: 'Server',
    description: 'Makes this API key, an administrator’s of the first organisation. For scripts.',
  },
  samples: {
    schema: z.enum(['true', 'false']).transform((text) => text === 'true'),
    default: 'true',
    group: 'Server',
    description: 'Whether an empty library is filled with the sample models.',
  },

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
  auditDays: {
    schema: count,
    default: '365',
    group: 'Access',
    description: 'Days that entries of the audit log are kept.',
  },

  data: {
    schema: z.string().min(1),
    default: './data',
    group: 'Storage',
    description: 'Folder of the embedded database, the objects and the work in progress.',
  },
  s3Bucket: {
    schema: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,253}$/, 'give the name of a bucket'),
    group: 'Storage',
    description:
      'Keeps the objects in this bucket of an S3 storage, which must be there, instead of in the data folder. Credentials come from where the AWS tools look: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, profiles, roles.',
  },
  s3Endpoint: {
    schema: serviceUrl,
    group: 'Storage',
    description: 'Address of an S3 storage that is not Amazon’s, such as https://storage.example:9000.',
  },
  s3Region: { schema: z.string().min(1), default: 'us-east-1', group: 'Storage', description: 'Region of the bucket.' },
  s3Prefix: {
    schema: z.string().regex(/^[A-Za-z0-9!_.*'()/-]{1,200}$/, 'give letters, digits and slashes, such as maquette/'),
    group: 'Storage',
    description: 'Before the name of every object in the bucket.',
  },
  databaseUrl: {
    schema: url(/^postgres(ql)?:\/\/[^\s]+$/, 'postgresql://user@host:5432/maquette'),
    group: 'Storage',
    description:
      'PostgreSQL 15 or later, in place of the embedded database. Needed when roles run as separate processes.',
  },
  databaseConnections: {
    schema: count,
    default: '10',
    group: 'Storage',
    description: 'Largest number of connections to PostgreSQL from one process.',
  },

  linkKeys: {
    schema: z
      .string()
      .transform((text) => text.split(','))
      .refine(isKeyList, 'give keys of at least 32 characters that cannot be guessed, with commas between them')
      .transform(([first = '', ...others]): [string, ...string[]] => [first, ...others]),
    group: 'Storage',
    description:
      'Keys of signed links and shares, separated by commas: the first one signs, the others keep older links good. Without it the sealing key signs.',
  },
  sealingKey: {
    schema: z.string().min(32, 'give at least 32 characters that cannot be guessed'),
    group: 'Storage',
    description:
      'Seals the secrets that the database holds, those of webhooks for one. Without it a key is made in the data folder; set it where data services do not share that.',
  },

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
      'Threads of one render, and of a recipe that traces rays or compares pictures; as many as the machine has cores when not set.',
  },

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

  quotaStorage: {
    schema: z.union([z.literal('off').transform(() => null), size]),
    default: 'off',
    group: 'Limits',
    description: 'Bytes that one organisation may store, uploads and what was made of them; `off`: any number.',
  },
  quotaRenderSeconds: {
    schema: optionalCount,
    default: 'off',
    group: 'Limits',
    description: 'Seconds of workers that one organisation may use for renders in a month; `off`: any number.',
  },
  quotaQueued: {
    schema: optionalCount,
    default: 'off',
    group: 'Limits',
    description: 'Jobs of one organisation that may wait; `off`: any number.',
  },
  quotaRunning: {
    schema: optionalCount,
    default: 'off',
    group: 'Limits',
    description:
      'Jobs of one organisation that are at work at once; `off`: any number. Without it, too, organisations take turns.',
  },
  organizationQuotas: {
    schema: z
      .string()
      .transform((text, context) => {
        try {
          return JSON.parse(text);
        } catch {
          context.addIssue('give a JSON object');
          return z.NEVER;
        }
      })
      .pipe(z.record(idSchema('organization'), OrganizationQuota)),
    default: '{}',
    group: 'Limits',
    description:
      'What is different for single organisations: a JSON object by their ids, such as `{"org_…":{"storage":1e12,"running":8}}`, with `storage` (bytes), `renderSeconds`, `queued` and `running`; null: any number.',
  },

  rateRead: {
    schema: rate,
    default: '12000/min',
    group: 'Limits',
    description: 'Requests of one API key that read, at each gateway; `off`: no limit.',
  },
  rateWrite: {
    schema: rate,
    default: '3000/min',
    group: 'Limits',
    description: 'Requests of one API key that change something.',
  },
  rateWork: {
    schema: rate,
    default: '1200/min',
    group: 'Limits',
    description: 'Requests of one API key that start long work: uploads, renders, recipes.',
  },
  rateFailures: {
    schema: rate,
    default: '120/min',
    group: 'Limits',
    description:
      'Requests from one address without a valid API key, after which no further key from there is looked at for a while.',
  },
  publicUrl: {
    schema: url(/^https?:\/\/[^\s/]+$/, 'https://models.example.org'),
    group: 'Server',
    description:
      'Address under which clients reach the gateway, without a path: who makes access tokens, and where an OpenID provider sends people back to.',
  },
  rateAddress: {
    schema: rate,
    default: '30000/min',
    group: 'Limits',
    description: 'Requests from one address, whoever asks; `off`: no limit.',
  },
  trustedProxies: {
    schema: z.string().regex(/^[0-9a-fA-F.:/,]+$/, 'give addresses or networks, such as 127.0.0.1,10.0.0.0/8'),
    group: 'Server',
    description:
      'Addresses of proxies before the gateway, whose `X-Forwarded-For` is believed; without it the address of the connection counts.',
  },
  scan: {
    schema: z.string().min(1),
    group: 'Limits',
    description:
      'Virus scanner that every upload goes through before it counts: `icap://host:1344/avscan`, or a program with its arguments that reads standard input and ends with 0 (clean) or 1 (infected), such as `clamdscan --no-summary -`. None by default.',
  },
  scanWhenAway: {
    schema: z.enum(['refuse', 'accept']),
    default: 'refuse',
    group: 'Limits',
    description: 'What becomes of uploads of which the scanner gives no verdict.',
  },
  outboundAllow: {
    schema: z
      .string()
      .regex(/^[0-9a-fA-F.:/,]+$/, 'give addresses or networks, such as 10.1.0.0/16,fd00::/8')
      .transform((text) => text.split(','))
      .refine((blocks) => blocks.every(isBlock), 'give addresses or networks, such as 10.1.0.0/16,fd00::/8'),
    group: 'Limits',
    description:
      'Addresses and networks that are not public, separated by commas, that may be reached all the same: files are fetched from there, and webhooks sent to them.',
  },
  outboundPorts: {
    schema: z
      .string()
      .regex(/^(any|\d{1,5}(,\d{1,5})*)$/, 'give ports such as 80,443, or any')
      .transform((text) => (text === 'any' ? null : text.split(',').map(Number))),
    default: '80,443',
    group: 'Limits',
    description: 'Ports of other servers that are connected to; `any`: all.',
  },

  rpcHost: {
    schema: z.string().min(1),
    default: '127.0.0.1',
    group: 'Several processes',
    description: 'Address that the internal ports listen on when roles run as separate processes.',
  },
  rpcPort: {
    schema: port,
    default: '0',
    group: 'Several processes',
    description:
      'Port of this process’s gRPC; by default the first of its roles’ usual port (auth 3101, data 3102, geometry 3104, rendering 3105).',
  },
  dataRestPort: {
    schema: port,
    default: '3103',
    group: 'Several processes',
    description: 'Port of the data service’s internal REST API.',
  },
  clusterSecret: {
    schema: z.string().min(16, 'give at least 16 characters'),
    group: 'Several processes',
    description: 'Shared by all processes; calls between them bear it.',
  },
  authUrl: {
    schema: serviceUrl,
    default: 'http://127.0.0.1:3101',
    group: 'Several processes',
    description: 'Where the auth service is.',
  },
  dataUrl: {
    schema: serviceUrl,
    default: 'http://127.0.0.1:3102',
    group: 'Several processes',
    description: 'Where the data service’s gRPC is.',
  },
  dataRestUrl: {
    schema: serviceUrl,
    default: 'http://127.0.0.1:3103',
    group: 'Several processes',
    description: 'Where the data service’s internal REST API is.',
  },
  geometryUrl: {
    schema: serviceUrl,
    default: 'http://127.0.0.1:3104',
    group: 'Several processes',
    description: 'Where the geometry service is.',
  },
  renderingUrl: {
    schema: serviceUrl,
    default: 'http://127.0.0.1:3105',
    group: 'Several processes',
    description: 'Where the rendering service is.',
  },

  logLevel: {
    schema: z.enum(LOG_LEVELS),
    default: 'info',
    group: 'Diagnostics',
    description: `Least level that is logged: ${LOG_LEVELS.join(', ')}.`,
  },
} as const satisfies Record<string, Definition>;

/** Name of a setting. */
export type SettingName = keyof typeof DEFINITIONS;

type Defaulted = { [K in SettingName]: 'default' extends keyof (typeof DEFINITIONS)[K] ? K : never }[SettingName];
type ValueOf<K extends SettingName> = z.output<(typeof DEFINITIONS)[K]['schema']>;

/** The settings, parsed. Those without a default are undefined when not given. */
export type Config = { readonly [K in SettingName]: K extends Defaulted ? ValueOf<K> : ValueOf<K> | undefined };

/** The environment variable of a setting, e.g. `MAQUETTE_RENDER_THREADS`. */
export function variableOf(name: string): string {
  return `MAQUETTE_${name.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`;
}
