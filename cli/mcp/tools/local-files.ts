import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type ErrorValue, MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { ModelReport } from '#contracts/model/model-report.ts';
import type { OptimizeReport } from '#contracts/operations/optimize-report.ts';
import { PresetName } from '#contracts/operations/presets.ts';
import { valueText } from '#contracts/render/value-text.ts';
import { briefRecipeReport, briefReport } from '../brief-report.ts';
import { ADDS, READS, type Tool, type ToolCall, textOf, tool } from '../tool.ts';
import { PICTURE } from './render-asset.ts';

const PROGRAM = fileURLToPath(new URL('../../maquette.js', import.meta.url));
const MOST_OUTPUT_BYTES = 64 * 2 ** 20;

const path = z.string().describe('The file on this machine');

/** Tools on files of this machine, without a server: the commands of the command line. */
export const LOCAL_TOOLS: readonly Tool[] = [
  tool({
    name: 'inspect_file',
    title: 'Inspect a model file',
    description: 'Measures a 3D model file: triangles, bounds in metres, materials, textures, animations, validation.',
    input: { path },
    annotations: READS,
    run: async ({ path: model }, call) => [
      textOf(briefReport((await command(['inspect', model], call)) as ModelReport)),
    ],
  }),
  tool({
    name: 'render_file',
    title: 'Render a model file',
    description: 'Renders a 3D model file from any side and shows the picture.',
    input: { path, ...PICTURE },
    annotations: READS,
    async run({ path: model, ...picture }, call) {
      const folder = await mkdtemp(join(tmpdir(), 'maquette-'));
      try {
        const output = join(folder, 'picture.png');
        const options = Object.entries(picture).flatMap(([name, value]) =>
          value === undefined ? [] : [`--${name}`, optionText(value)],
        );
        const { width, height, warnings } = (await command(
          ['render', model, '-o', output, ...options],
          call,
        )) as Record<string, unknown>;
        const data = (await readFile(output)).toString('base64');
        return [{ type: 'image', data, mimeType: 'image/png' }, textOf({ width, height, warnings })];
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  }),
  tool({
    name: 'optimize_file',
    title: 'Optimize a model file',
    description: 'Makes a 3D model file smaller by a preset, writes it as another file, and measures what was lost.',
    input: {
      path,
      output: z.string().describe('The file to write; its ending names the format'),
      preset: PresetName.default('web'),
      triangles: z.int().min(1).optional().describe('Come down to this many triangles'),
    },
    annotations: { ...ADDS, destructiveHint: true },
    async run({ path: model, output, preset, triangles }, call) {
      const target = triangles === undefined ? [] : ['--triangles', String(triangles)];
      const report = await command(['optimize', model, output, '--preset', preset, ...target], call);
      return [textOf(briefRecipeReport(report as OptimizeReport))];
    },
  }),
  tool({
    name: 'convert_file',
    title: 'Convert a model file',
    description: 'Writes a 3D model file in another format, which the ending of the output names.',
    input: { path, output: z.string().describe('The file to write, e.g. `chair.usdz`') },
    annotations: { ...ADDS, destructiveHint: true },
    run: async ({ path: model, output }, call) => [textOf(await command(['convert', model, output], call))],
  }),
];

function optionText(value: unknown): string {
  const angles = z.object({ azimuth: z.number(), elevation: z.number() }).safeParse(value);
  return angles.success ? `${angles.data.azimuth},${angles.data.elevation}` : valueText(value);
}

/**
 * Runs a command in a process of its own, which a broken model may bring down, and gives its JSON.
 *
 * @throws MaquetteError what the command says went wrong
 */
async function command(words: string[], { signal }: ToolCall): Promise<unknown> {
  const [name, ...args] = words;
  // A name that begins with a dash is a file all the same.
  const safe = args.map((arg, at) => (at === 0 && arg.startsWith('-') ? `./${arg}` : arg));
  return new Promise((resolve, reject) => {
    const options = { signal, maxBuffer: MOST_OUTPUT_BYTES };
    execFile(process.execPath, [PROGRAM, name as string, ...safe, '--json'], options, (error, stdout, stderr) => {
      const value = parse(stdout);
      const failure = (value as { error?: ErrorValue } | undefined)?.error;
      if (failure) reject(MaquetteError.fromValue(failure));
      else if (error) reject(new MaquetteError('invalid_request', stderr.trim() || error.message));
      else resolve(value);
    });
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
