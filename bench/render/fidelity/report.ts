import { EXPLANATIONS } from './explanations.ts';

/** How two pictures differ, over the pixels that show the model in either. */
export interface Difference {
  ssim: number;
  deltaE: number;
  flip: number;
}

/** What was measured of a model; a peer that is not installed, or cannot read the model, is left out. */
export interface Measured {
  model: string;
  shows: string;
  /** Our preview against the Khronos renderer, as delivered and without traced occlusion. */
  khronos?: Difference;
  khronosWithoutOcclusion?: Difference;
  /** Our path tracer against Cycles. */
  cycles?: Difference;
  /** Our preview against our path tracer. */
  path?: Difference;
}

/** Mean FLIP and mean CIEDE2000 above which a difference has to be explained. */
export const THRESHOLD = { flip: 0.1, deltaE: 3 } as const;

/** Whether a difference is above the threshold. */
export const isLarge = (d: Difference | undefined): boolean =>
  d !== undefined && (d.flip > THRESHOLD.flip || d.deltaE > THRESHOLD.deltaE);

/** Models whose difference is above the threshold and not explained. */
export function unexplained(measured: readonly Measured[]): string[] {
  return measured.flatMap(({ model, khronosWithoutOcclusion, cycles }) => {
    const missing: string[] = [];
    if (isLarge(khronosWithoutOcclusion) && !EXPLANATIONS[model]?.khronos) missing.push(`${model} (Khronos)`);
    if (isLarge(cycles) && !EXPLANATIONS[model]?.cycles) missing.push(`${model} (Cycles)`);
    return missing;
  });
}

const cell = (d: Difference | undefined) =>
  d ? `${d.ssim.toFixed(3)} / ${d.deltaE.toFixed(2)} / ${d.flip.toFixed(3)}` : '–';

/** The page of the comparison. */
export function fidelityPage(measured: readonly Measured[]): string {
  const rows = measured.map(
    (m) =>
      `| ${m.model} | ${m.shows} | ${cell(m.khronos)} | ${cell(m.khronosWithoutOcclusion)} | ${cell(m.path)} | ${cell(m.cycles)} |`,
  );
  const why = measured.flatMap(({ model, khronosWithoutOcclusion, cycles }) => {
    const e = EXPLANATIONS[model];
    const parts = [];
    if (e?.khronos && isLarge(khronosWithoutOcclusion)) parts.push(`Khronos: ${e.khronos}`);
    if (e?.cycles && isLarge(cycles)) parts.push(`Cycles: ${e.cycles}`);
    return parts.length > 0 ? [`- **${model}.** ${parts.join(' ')}`] : [];
  });
  const sheets = measured.map(({ model }) => `![${model}](images/fidelity/${model}.webp)`);
  return `# Fidelity

How near Maquette's pictures come to those of the Khronos glTF Sample Renderer (for the preview) and of Blender Cycles (for the path tracer): same model, camera, environment (\`studio\`) and tone mapping (Khronos PBR Neutral), 320 × 240. \`npm run bench:fidelity\` renders all of it anew and writes this page; peers that are not installed are left out and named.

Each cell is SSIM (1 is equal) / mean CIEDE2000 / mean FLIP (0 is equal), over the pixels that show the model in either picture. The Khronos renderer traces nothing, so that the table also has our preview without traced occlusion: that column compares materials. Differences above ${THRESHOLD.flip} FLIP or ${THRESHOLD.deltaE} CIEDE2000 are explained below the table. Its pictures are rendered three times as large and averaged, and its gamma of 2.2 is replaced by the sRGB curve.

| Model | Shows | Preview and Khronos | … without occlusion | Preview and our path tracer | Path tracer and Cycles |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

## Differences above the threshold

${why.join('\n')}

## Side by side

From the left: preview, Khronos, FLIP of these two (preview without occlusion); our path tracer and Cycles where there are.

${sheets.join('\n\n')}
`;
}
