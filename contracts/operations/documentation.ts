import { z } from 'zod';
import { ExportOptions } from '../model/export-format.ts';
import { OPERATIONS, type OperationType } from './operation.ts';
import { OptimizeReport, OutputReport, PictureDifference } from './optimize-report.ts';
import { otherModelSchema } from './other-model.ts';
import { PRESETS } from './presets.ts';
import { DeviationSettings, Gates, PictureSettings, Recipe, Target } from './recipe.ts';
import { GraphOutput, MergeNode, RecipeGraph } from './recipe-graph.ts';

/** A JSON Schema as far as the tables show it. */
interface Schema {
  type?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  items?: Schema;
  prefixItems?: Schema[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
  default?: unknown;
  properties?: Record<string, Schema>;
  anyOf?: Schema[];
}

const INTRODUCTION = `# Operations

A recipe is an ordered list of operations on a model, or a graph of them, with what the results have to keep to. \`maquette optimize\` carries it out without a server, \`POST /v1/assets/{assetId}/operations\` on one, and both take a preset in place of operations, with limits and a target of one's own.

This page is generated from \`contracts/operations\` by \`npm run docs\`.

\`\`\`json
{
  "operations": [
    { "type": "dedupe" },
    { "type": "prune" },
    { "type": "weld" },
    { "type": "simplify", "relativeError": 0.001 },
    { "type": "textures", "maxSize": 1024, "format": "webp" },
    { "type": "meshopt" }
  ],
  "gates": { "maxRelativeDeviation": 0.005 },
  "target": { "bytes": 2000000 }
}
\`\`\`

\`\`\`sh
maquette optimize chair.fbx chair.glb                        # the preset web
maquette optimize chair.fbx chair.glb --preset mobile --json
maquette optimize chair.fbx chair.zip --recipe recipe.json   # glTF with its files, zipped
maquette optimize chair.fbx chair.gltf --preset archive      # glTF with its files beside it
maquette optimize chair.fbx chair.glb --bytes 2000000 --max-deviation 0.002
maquette optimize chair.fbx chair.glb --min-ssim 0.95
echo '{ "preset": "web", "gates": { "maxTriangles": 20000 } }' | maquette optimize chair.fbx chair.glb --recipe -
\`\`\`

\`\`\`sh
curl -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -H 'Prefer: wait=60' \\
  -d '{ "preset": "web", "target": { "bytes": 2000000 } }' $MAQUETTE/v1/assets/ast_…/operations
\`\`\`

On a server, a recipe is a job (\`geometry.recipe\`) and its result a derivative of the newest version, which stays as it is: \`derivative.url\` is the model, \`derivative.report\` the report below. \`GET /v1/operations\` lists the operations with their JSON Schemas. The same recipe on the same version is carried out once.

The same model and recipe give the same bytes. A recipe that contradicts itself (a \`simplify\` after \`meshopt\`, for one) is refused before anything is read. An operation that does not apply to a model, or only to parts of it, says so in the \`notes\` of its report; it is no error.

## Graphs

With \`nodes\` in place of \`operations\`, a recipe makes several results of one source. Each node is an operation with a name, and says in \`from\` which node it goes on from: the \`source\`, unless it says otherwise. \`outputs\` names the results that are wanted, each a node, or a node with gates, a target and formats of its own.

\`\`\`json
{
  "nodes": {
    "clean": { "type": "weld" },
    "low": { "type": "simplify", "ratio": 0.1, "from": "clean" },
    "packed": { "type": "meshopt", "from": "clean" },
    "lowPacked": { "type": "meshopt", "from": "low" }
  },
  "outputs": {
    "desktop": "packed",
    "phone": { "node": "lowPacked", "gates": { "maxBytes": 500000 } }
  }
}
\`\`\`

The source is read once, and each node is carried out once, however many go on from it (those that follow \`quantize\`, \`meshopt\` or \`draco\` once for each output: packed vertices cannot be handed to two). Names that stand for nothing, nodes that wait for each other and nodes that no output needs are refused before anything is read, with a JSON pointer. When one output fails, the recipe does. On a server each output is a derivative, listed in \`derivatives\` of the job and named in its \`parameters.outputs\`. \`maquette optimize\` writes them as files, and \`--json\` prints their reports by name under \`results\`:

\`\`\`sh
maquette optimize chair.fbx chair.glb --recipe graph.json    # chair-desktop.glb and chair-phone.glb
maquette optimize chair.fbx chairs/ --recipe graph.json      # chairs/desktop.glb and chairs/phone.glb, in the formats of the recipe
maquette optimize chair.fbx chairs/ --recipe graph.json --cache ~/.cache/maquette
\`\`\`

A folder is what is there as one, ends in \`/\` or has no ending. The name of a file says the format of every result, and a graph with one output is written as that file.

With the SDK (\`sdk/client.ts\`):

\`\`\`ts
const recipe = {
  nodes: {
    clean: { type: 'weld' },
    low: { type: 'simplify', ratio: 0.1, from: 'clean' },
    packed: { type: 'meshopt', from: 'low' },
  },
  outputs: { desktop: 'clean', phone: { node: 'packed', gates: { maxBytes: 500_000 } } },
} satisfies RecipeWish;
const { id } = await maquette.assets.optimize(asset.id, recipe);
const { state, error } = await maquette.jobs.wait(id);
if (state !== 'succeeded') throw new Error(error?.message);
const { derivatives } = await maquette.assets.optimize(asset.id, recipe); // the same recipe: its job, which has ended
for (const { url, parameters } of derivatives) console.log(parameters.outputs, url);
\`\`\`

What a server has made by an expensive step it keeps for a while (\`MAQUETTE_RECIPE_CACHE\`): another recipe of the same organisation that begins alike on the same model goes on from there, and says \`cached\` of the steps before. What is kept is read anew by who goes on from it, whether it was there or has just been made, so that the result does not depend on it; without a cache the data in the file can stand in another order. \`maquette optimize --cache FOLDER\` does the same between its runs; the folder holds at most \`--cache-bytes\` (2 GiB), and what was used longest ago goes first.

\`merge\` takes several nodes and puts their results into one scene.

## Another model

\`boolean\` takes a second model in \`with\`: on a server another asset by its id, on the command line a file by its path from the folder of the recipe (with \`--recipe -\` from the current folder). Its name alone will do where it stands as it is; an object says where else, once or at every node that \`at\` names.

\`\`\`json
{
  "operations": [
    {
      "type": "boolean",
      "operation": "difference",
      "with": { "model": "ast_…", "at": ["hole*"], "scale": 1.02 }
    }
  ]
}
\`\`\`

\`a\` then names what of the first model takes part, and \`b\` what of the second; all of each by default. Both are in metres. Of the second model only what shows in the result comes along, with its materials and textures; it is taken at rest. Limits are for all models of a recipe together, at most sixteen others beside the source; deviations and pictures are measured from the source alone.

A server takes the newest version of the other asset as it is when the recipe is asked for. Who asks has to be allowed to read it: an id that is not there or belongs to another organisation is 404 \`not_found\`, before anything is queued. What a recipe makes of the same bytes it makes once, whatever they are called. \`sources\` of a derivative lists every version that it was made of. Where the other asset is deleted before the job begins, the job fails and says so; what was made before stays.

## Deviation

What was lost is measured on the file that was written, decoded again: distances from points of each surface to the other, in both directions, in metres and as a share of the diagonal of the source (Cignoni, Rocchini and Scopigno, "Metro", 1998). The points lie one in each of equally large strips of the surface, at places drawn from the seed, and on vertices. The largest distance found is a lower bound of the true one. Skinned and morphed models are measured in their rest pose; \`transform\` moves the source along, so that only what changed counts. Models of more than ten million triangles are not measured.

## Pictures

With \`picture\`, or the gate \`minSsim\`, the result is also drawn beside the source: cameras stand evenly round the source and see all of it, both models stand in rest pose in the light of the studio, by the preview integrator. Each pair of pictures is compared by structural similarity (Wang, Bovik, Sheikh and Simoncelli 2004: luma, Gaussian windows of 11 × 11 pixels), over the windows that show either model, so that empty space counts for nothing. 1 is the same; below about 0.95 the eye finds the difference side by side. \`transform\` moves the source along.

## Formats

\`outputs\` says in which formats the result is written; \`maquette optimize\` takes the first from the name of its output. A format of several files travels as a zip. What a format cannot hold is listed in the report under \`outputs\`, with counts ([formats.md](formats.md)). A target and a gate in bytes hold for the largest of the outputs.

## Targets

With \`target.triangles\`, the recipe is carried out as it is, and where it leaves more, again with that number: first with the seams of textures kept, then without. With \`target.bytes\`, it is run with less and less detail, triangles and textures alike, until the file is no larger, and then with as much as the target allows. A target that cannot be reached is the error \`target_unreachable\`, which tells what was. Gates hold for the result either way: one that breaks a limit is the error \`gate_failed\`, with every figure.

The gate \`profile\` holds the result, as GLB, against a validation profile ([validation.md](validation.md)), as \`maquette validate --profile\` would: a built-in one by name, on a server also one of the organisation, which is taken as it is when the recipe is asked for, or rules of its own. The error names each rule that failed with what was measured; the report has the whole \`verdict\`.

\`\`\`sh
maquette optimize chair.fbx chair.glb --profile commerce
\`\`\`
`;

/** `docs/operations.md`, made of the schemas; a test keeps the file up to date. */
export function operationsDocument(): string {
  return [
    INTRODUCTION,
    '## The recipe\n',
    table(fieldsOf(Recipe)),
    '\n### `gates`\n',
    table(fieldsOf(Gates)),
    '\n### `target`\n',
    table(fieldsOf(Target)),
    '\n### `deviation`\n',
    table(fieldsOf(DeviationSettings)),
    '\n### `picture`\n',
    table(fieldsOf(PictureSettings)),
    '\n### An object in `outputs`\n',
    table(fieldsOf(ExportOptions)),
    '\n## The graph\n',
    table(fieldsOf(RecipeGraph)),
    '\nEach of `outputs`:\n',
    table(fieldsOf(GraphOutput)),
    `\n### \`merge\`\n\n${MergeNode.description}\n`,
    table(withoutType(MergeNode)),
    '\n## The operations\n',
    ...(Object.keys(OPERATIONS) as OperationType[]).flatMap((type) => [
      operationSection(type),
      ...(type === 'boolean' ? [`An object in \`with\`:\n\n${table(fieldsOf(otherModelSchema()))}\n`] : []),
    ]),
    '## Presets\n',
    ...Object.entries(PRESETS).map(
      ([name, { description, short }]) =>
        `### \`${name}\`\n\n${description}\n\n\`\`\`json\n${recipeText(short)}\n\`\`\`\n`,
    ),
    '## The report\n',
    'What `--json` prints, and what a derivative has as `report`:\n',
    table(fieldsOf(OptimizeReport)),
    '\nEach entry of `operations`:\n',
    table(fieldsOf(OptimizeReport.shape.operations.element)),
    '\nEach entry of `outputs`:\n',
    table(fieldsOf(OutputReport)),
    '\n`input`, `output`, `before` and `after`:\n',
    table(fieldsOf(OptimizeReport.shape.input)),
    '\n`deviation`:\n',
    table(fieldsOf(OptimizeReport.shape.deviation.unwrap())),
    '\n`picture`, with the structural similarities `ssim.min` of the least alike view and `ssim.mean` over all:\n',
    `${table(fieldsOf(PictureDifference))}\n`,
  ].join('\n');
}

/** One line for each operation. */
function recipeText({ operations = [], ...limits }: z.input<typeof Recipe>): string {
  const lines = operations.map((operation) => `    ${spaced(operation)}`).join(',\n');
  const rest = Object.entries(limits).map(([name, value]) => `,\n  "${name}": ${spaced(value)}`);
  return `{\n  "operations": [\n${lines}\n  ]${rest.join('')}\n}`;
}

function spaced(value: unknown): string {
  return JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ');
}

function operationSection(type: OperationType): string {
  const schema = jsonSchema(OPERATIONS[type]());
  const parameters = withoutType(OPERATIONS[type]());
  const rows = Object.keys(parameters).length > 0 ? `${table(parameters)}\n` : 'No parameters.\n';
  return `### \`${type}\`\n\n${schema.description ?? ''}\n\n${rows}`;
}

function withoutType(schema: z.ZodType): Record<string, Schema> {
  const { type: _, ...parameters } = fieldsOf(schema);
  return parameters;
}

function fieldsOf(schema: z.ZodType): Record<string, Schema> {
  return jsonSchema(schema).properties ?? {};
}

function jsonSchema(schema: z.ZodType): Schema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;
}

function table(fields: Record<string, Schema>): string {
  const rows = Object.entries(fields).map(([name, schema]) => {
    const initial = schema.default === undefined ? '' : `\`${JSON.stringify(schema.default)}\``;
    return `| \`${name}\` | ${kindOf(schema)} | ${initial} | ${schema.description ?? ''} |`;
  });
  return ['| Field | Value | Default | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function kindOf(schema: Schema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.anyOf) {
    return schema.anyOf
      .filter(({ type }) => type !== 'null')
      .map(kindOf)
      .join(' or ');
  }
  switch (schema.type) {
    case 'array':
      if (schema.prefixItems) return `${schema.prefixItems.length} numbers`;
      return schema.items ? `list of ${kindOf(schema.items)}` : 'list';
    case 'integer':
      return `whole number${rangeOf(schema)}`;
    case 'number':
      return `number${rangeOf(schema)}`;
    case 'boolean':
      return '`true`, `false`';
    case 'string':
      return 'text';
    default:
      return 'object';
  }
}

function rangeOf({ minimum, maximum }: Schema): string {
  const isLimit = (value: number | undefined) => value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  if (isLimit(minimum) && isLimit(maximum)) return ` from ${minimum} to ${maximum}`;
  if (isLimit(minimum)) return ` of at least ${minimum}`;
  return isLimit(maximum) ? ` of at most ${maximum}` : '';
}
