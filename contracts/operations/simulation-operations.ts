import { z } from 'zod';
import { whenUsed } from '../when-used.ts';
import { NamePatterns } from './name-patterns.ts';

const maxParts = z.int().min(1).max(256).default(16);
const error = z
  .number()
  .min(0)
  .max(10)
  .default(0.05)
  .describe('Cutting ends when all hulls together exceed the volume by no more than this share');
const of = z.enum(['mesh', 'scene']).default('mesh').describe('For each mesh by itself, or for all of them as one');

/** Bodies taken apart. */
export const convexDecomposeOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('convexDecompose'),
      of,
      maxParts: maxParts.describe('Of each mesh; parts that do not touch count as well, and are never joined'),
      maxVertices: z.int().min(4).max(10_000).default(64).describe('Of each part'),
      error,
      keep: z.boolean().default(false).describe('Keeps the meshes too'),
      nodes: NamePatterns.optional(),
    })
    .describe(
      'Takes bodies apart into convex parts that cover them, each a node with a colour of its own. Cuts go along the axes of the world where they make the hulls smallest, through edges that point inwards first. Open meshes are closed by cells before, and those of more than 3,000 triangles simplified, which the notes tell.',
    ),
);

/** Shapes for physics. */
export const colliderOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('collider'),
      shape: z
        .enum(['box', 'sphere', 'capsule', 'hull', 'parts', 'mesh'])
        .default('hull')
        .describe(
          'Around each mesh: a box along the axes of its node, a sphere, a capsule along the longest axis, the convex hull, convex parts, or its triangles simplified',
        ),
      of,
      maxVertices: z.int().min(4).max(10_000).default(64).describe('Of a hull or part'),
      maxParts: maxParts.describe('Of each mesh, with `parts`'),
      error,
      maxTriangles: z.int().min(4).max(1_000_000).default(1000).describe('Of each mesh, with `mesh`'),
      visible: z
        .boolean()
        .default(false)
        .describe('Draws the colliders; otherwise their nodes are hidden (KHR_node_visibility)'),
      keep: z
        .boolean()
        .default(true)
        .describe('Keeps the meshes; without, the colliders are the model: make them `visible`'),
      nodes: NamePatterns.optional(),
    })
    .describe(
      'Adds shapes for collisions: below each node a node named after it with `_collider`, a mesh, and the custom property (extras) `collider` with `shape` and, in metres, `size`, `radius` or `length`. Skinned meshes get theirs at the top of the scene, in the rest pose. Put `join`, `flatten` and `simplify` before it.',
    ),
);

/** Where somebody can walk. */
export const navmeshOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('navmesh'),
      agentRadius: z
        .number()
        .min(0.001)
        .max(1000)
        .default(0.3)
        .describe('Distance kept from walls and edges, in metres'),
      agentHeight: z.number().min(0.001).max(1000).default(1.8).describe('Head room, in metres'),
      maxClimb: z.number().min(0).max(1000).default(0.4).describe('Steps up to this height are taken, in metres'),
      maxSlope: z.number().min(0).max(89).default(45).describe('Steepest ground, in degrees'),
      cellSize: z
        .number()
        .min(0.0001)
        .max(100)
        .optional()
        .describe(
          'Side of the cells that the ground is measured in, in metres; by default half the radius. Four million cells at most',
        ),
      minArea: z
        .number()
        .min(0)
        .max(1e6)
        .default(0.5)
        .describe('Islands smaller than this are left out, in square metres'),
      keep: z.boolean().default(true).describe('Keeps the meshes; without, the navigation mesh is the model'),
      visible: z.boolean().default(true).describe('Draws it; otherwise its node is hidden (KHR_node_visibility)'),
      nodes: NamePatterns.optional().describe('What is walked on and stands in the way'),
    })
    .describe(
      'Makes a navigation mesh of the ground that an upright agent can reach the middle of (Recast): one node `navmesh` with the custom property (extras) `navmesh`, which holds the figures. Up is +y. Rest pose.',
    ),
);
