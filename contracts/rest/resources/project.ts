import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { nameSchema } from './name.ts';

/** A project groups assets within an organisation. */
export const Project = z.object({
  id: idSchema('project'),
  name: z.string(),
  revision: z.int().positive(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

export const ProjectInput = z.object({ name: nameSchema(200) });

export type Project = z.infer<typeof Project>;
export type ProjectInput = z.infer<typeof ProjectInput>;
