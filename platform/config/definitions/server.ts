import { z } from 'zod';
import type { Definition } from '../definition.ts';
import { port, url } from '../setting-schemas.ts';

/** Where the gateway listens, and what it starts with. */
export const SERVER = {
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
      'Origins, separated by commas, whose pages may use the API for every organisation, from a browser with a key or token, never with cookies; `*`: every one. Organisations allow others for themselves.',
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
  publicUrl: {
    schema: url(/^https?:\/\/[^\s/]+$/, 'https://models.example.org'),
    group: 'Server',
    description:
      'Address under which clients reach the gateway, without a path: who makes access tokens, and where an OpenID provider sends people back to.',
  },
  trustedProxies: {
    schema: z.string().regex(/^[0-9a-fA-F.:/,]+$/, 'give addresses or networks, such as 127.0.0.1,10.0.0.0/8'),
    group: 'Server',
    description:
      'Addresses of proxies before the gateway, whose `X-Forwarded-For` is believed; without it the address of the connection counts.',
  },
} as const satisfies Record<string, Definition>;
