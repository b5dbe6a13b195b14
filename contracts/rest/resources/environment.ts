import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { Sha256 } from '../../ids/sha256.ts';
import { nameSchema } from './name.ts';

/** An equirectangular picture that lights models: Radiance .hdr or OpenEXR. It never changes. */
export const Environment = z.object({
  id: idSchema('environment'),
  name: nameSchema(300),
  format: z.enum(['hdr', 'exr']),
  width: z.int().positive().describe('Of the picture, in pixels'),
  height: z.int().positive(),
  bytes: z.int().positive(),
  sha256: Sha256,
  createdAt: z.iso.datetime(),
});

/** What was found out about a picture that may become an environment. */
export const EnvironmentFacts = Environment.pick({ format: true, width: true, height: true });

export type Environment = z.infer<typeof Environment>;
export type EnvironmentFacts = z.infer<typeof EnvironmentFacts>;
