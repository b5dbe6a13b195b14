import { z } from 'zod';
import { OPERATIONS, Operation } from './operation.ts';
import { type OperationOption, optionsByType } from './options-by-type.ts';
import { DeviationSettings, Gates, PictureSettings, Recipe, Target } from './recipe.ts';

/** What a node calls the model that the recipe is carried out on. */
export const SOURCE = 'source';

/** The name of a node or of an output. */
export const NodeName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'A name begins with a letter; up to 64 letters, digits, `_` and `-`.');

/** Several models in one scene. */
export const MergeNode = z
  .object({
    type: z.literal('merge'),
    from: z.array(NodeName).min(2).max(16).describe('The nodes whose results are put together, or `source`'),
    group: z.boolean().default(true).describe('Each stands below a node of its own, named after where it comes from'),
  })
  .strict()
  .describe(
    'Puts several results into one scene, each where it stands. What the first has of scenes, settings and names comes first. `dedupe` afterwards holds once what they share.',
  );

/** What a step of a recipe does. */
export const StepOperation = z.discriminatedUnion('type', [
  Operation as unknown as OperationOption,
  MergeNode,
]) as unknown as z.ZodType<Operation | z.output<typeof MergeNode>>;

type OperationNode = Operation & { from: string };

const from = NodeName.default(SOURCE).describe('The node whose result it works on, or `source`');

/** An operation in a graph: it takes one field more, where its model comes from. */
export const GraphNode = z.discriminatedUnion('type', [
  MergeNode,
  ...optionsByType(OPERATIONS, (schema) => schema.extend({ from }).strict()),
]) as unknown as z.ZodType<OperationNode | z.output<typeof MergeNode>>;

/** A result of a graph, with what it has to keep to. */
export const GraphOutput = z
  .object({
    node: NodeName.describe('Whose result it is, or `source`'),
    gates: Gates.optional().describe('Limits on this result, on top of those of the recipe'),
    target: Target.optional().describe('What this result is to reach; its way from the source may not merge'),
    formats: Recipe.shape.outputs.describe('Formats of this result, each once, as `outputs` of a list'),
  })
  .strict();

const MOST_NODES = 50;
const MOST_OUTPUTS = 20;

const Nodes = z
  .record(NodeName, GraphNode)
  .refine((nodes) => Object.keys(nodes).length <= MOST_NODES, `At most ${MOST_NODES} nodes.`)
  .refine((nodes) => !Object.hasOwn(nodes, SOURCE), `\`${SOURCE}\` is the model itself: name the node otherwise.`);

const Outputs = z
  .record(NodeName, z.union([NodeName.transform((node): GraphOutput => ({ node, formats: ['glb'] })), GraphOutput]))
  .refine((outputs) => Object.keys(outputs).length > 0, 'Give at least one output.')
  .refine((outputs) => Object.keys(outputs).length <= MOST_OUTPUTS, `At most ${MOST_OUTPUTS} outputs.`);

/** Operations that take their models from each other, and the results that are wanted. */
export const RecipeGraph = z
  .object({
    nodes: Nodes.describe('Operations by name, each with `from`: the node before it, or `source`'),
    outputs: Outputs.describe('Results by name: a node, or a node with `gates` and a `target` of its own'),
    gates: Gates.optional().describe('Limits on every result'),
    deviation: DeviationSettings.default({ samples: 50_000, seed: 1 }),
    picture: PictureSettings.optional().describe(
      'Compares pictures of every result with pictures of the source; without it, only where a gate asks',
    ),
  })
  .strict();

export type MergeNode = z.output<typeof MergeNode>;
export type StepOperation = z.output<typeof StepOperation>;
export type GraphNode = z.output<typeof GraphNode>;
export type GraphOutput = z.output<typeof GraphOutput>;
export type RecipeGraph = z.output<typeof RecipeGraph>;
