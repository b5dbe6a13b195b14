import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { nameSchema } from './name.ts';

/** A project groups assets within an organisation. */
export const Project = z.object({
  id: idSchema('project'),
  name: z.string().describe('What people call it; need not be unique'),
  revision: z.int().positive().describe('Grows with each change; the ETag is made of it'),
  createdAt: z.iso.datetime().describe('When it was made'),
  updatedAt: z.iso.datetime().describe('When it last changed'),
});

export const ProjectInput = z.strictObject({ name: nameSchema(200) });

export type Project = z.infer<typeof Project>;
export type ProjectInput = z.infer<typeof ProjectInput>;
