import { ModelLimits } from '#contracts/model/model-limits.ts';
import type { ModelReport } from '#contracts/model/model-report.ts';
import { processModel } from '#engine/process/process-model.ts';
import type { Command } from '../command.ts';
import { readModelFiles } from '../model-files.ts';
import { polygonsText } from '../polygons-text.ts';

/** `maquette inspect MODEL`: the report that the server would make. */
export const inspect: Command = {
  name: 'inspect',
  summary:
    'Measures a model: geometry, bounds, materials, textures, animations, and what validation says. An asset of a server takes the place of MODEL by its id: `maquette inspect ast_… --help`.',
  usage: 'MODEL [--json]',
  positionals: [1, 1],
  options: {},
  async run({ values, positionals }) {
    const files = await readModelFiles(positionals[0] as string);
    const { report } = await processModel(files, ModelLimits.parse({}));
    console.log(values.json ? JSON.stringify(report) : summaryOf(report));
  },
};

/** A report for people, a line each figure. */
export function summaryOf(report: ModelReport): string {
  const size = report.bounds?.max.map((value, axis) => value - (report.bounds?.min[axis] ?? 0));
  const rows: [string, string][] = [
    ['format', report.generator ? `${report.format} (${report.generator})` : report.format],
    ['size', size ? `${size.map((value) => value.toPrecision(4)).join(' × ')} m` : 'none'],
    ['triangles', `${report.triangles} in ${report.drawCalls} draw calls`],
    ...(report.sourcePolygons ? [['source faces', polygonsText(report.sourcePolygons)] as [string, string]] : []),
    ['vertices', String(report.vertices)],
    ...(report.points > 0 ? [['points', String(report.points)] as [string, string]] : []),
    ['watertight', report.watertight === null ? 'does not apply' : report.watertight ? 'yes' : 'no'],
    ['nodes, meshes', `${report.nodes}, ${report.meshes}`],
    ['materials', report.materials.map(({ name }) => name || '(unnamed)').join(', ') || 'none'],
    ['textures', `${report.textures.length}, ${(report.textureGpuBytes / 2 ** 20).toFixed(1)} MiB on a GPU`],
    ...report.textures.map((texture): [string, string] => [
      '',
      `${texture.name || '(unnamed)'} ${texture.width} × ${texture.height} ${texture.mimeType} ${texture.bytes} bytes`,
    ]),
    [
      'animations',
      report.animations.map(({ name, seconds }) => `${name} ${seconds.toFixed(2)} s`).join(', ') || 'none',
    ],
    ['skins', report.skins.map(({ joints }) => `${joints} joints`).join(', ') || 'none'],
    ['extensions', report.extensionsUsed.join(', ') || 'none'],
    ['validation', `${report.validation.errors} errors, ${report.validation.warnings} warnings`],
    ...report.corrections.map(({ message }): [string, string] => ['corrected', message]),
  ];
  return rows.map(([name, text]) => `${name.padEnd(14)} ${text}`).join('\n');
}
