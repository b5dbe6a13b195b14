import { z } from 'zod';
import type { Definition } from '../definition.ts';
import { port, serviceUrl } from '../setting-schemas.ts';

/** How roles that run apart find one another. */
export const SEVERAL_PROCESSES = {
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
} as const satisfies Record<string, Definition>;
