import { z } from 'zod';
import { AssetState } from '#contracts/rest/resources/asset.ts';
import { take } from '../../server/limit-option.ts';
import { idFrom } from '../ids.ts';
import { READS, type ServerTool, textOf, tool } from '../tool.ts';

/** `search_assets`: assets by name, project and state. */
export const searchAssets: ServerTool = (client) =>
  tool({
    name: 'search_assets',
    title: 'Search assets',
    description:
      'Finds 3D assets by a part of their name, their project and state, newest first. Without arguments lists the newest.',
    input: {
      name: z.string().optional().describe('Part of the name'),
      projectId: z.string().optional().describe('Id of a project, `prj_…`'),
      state: AssetState.optional(),
      limit: z.int().min(1).max(100).default(20),
    },
    annotations: READS,
    async run({ name, projectId, state, limit }) {
      const filter = {
        ...(name !== undefined && { name }),
        ...(projectId !== undefined && { projectId: idFrom('project', projectId) }),
        ...(state !== undefined && { state }),
      };
      const assets = await take(client.assets.list({ ...filter, pageSize: limit }), limit);
      return [
        textOf(
          assets.map(({ id, name: called, state: now, format, version, createdAt, report }) => ({
            id,
            name: called,
            state: now,
            format,
            version,
            createdAt,
            triangles: report?.triangles ?? null,
          })),
        ),
      ];
    },
  });

/** `list_projects`: the projects that assets are in. */
export const listProjects: ServerTool = (client) =>
  tool({
    name: 'list_projects',
    title: 'List projects',
    description: 'Lists the projects, newest first, with their ids.',
    input: { limit: z.int().min(1).max(100).default(50) },
    annotations: READS,
    async run({ limit }) {
      const projects = await take(client.projects.list({ pageSize: limit }), limit);
      return [textOf(projects.map(({ id, name }) => ({ id, name })))];
    },
  });
