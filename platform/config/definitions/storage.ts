import { z } from 'zod';
import type { Definition } from '../definition.ts';
import { count, serviceUrl, url } from '../setting-schemas.ts';

/** Where database and objects are. */
export const STORAGE = {
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
  s3PublicEndpoint: {
    schema: serviceUrl,
    group: 'Storage',
    description:
      'Address under which clients reach that storage. With it, and always on Amazon’s, uploads can go straight to the bucket (docs/uploads.md).',
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
} as const satisfies Record<string, Definition>;
