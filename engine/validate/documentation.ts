import { CheckCode } from '#contracts/model/check-codes.ts';
import { CHECKS } from './checks/check-table.ts';

const INTRODUCTION = `# Validation

A model is validated when it is uploaded (\`validation\` and \`checks\` of its report) and by \`maquette validate\`, in any format. This page is generated from the code by \`npm run docs\`.

\`\`\`sh
maquette validate chair.fbx                       # findings, each with its place and what to do
maquette validate chair.glb --json
\`\`\`

Findings come from three sources:

- the parser of the format, for what is wrong in the file;
- for glTF, the [Khronos validator](https://github.com/KhronosGroup/glTF-Validator), over decoded Draco and meshopt data;
- our own checks, below, on the geometry, whatever format it came from.

A finding has a \`code\`, a \`severity\` (\`error\`, \`warning\`, \`info\`, \`hint\`), a \`pointer\` to its place, a \`message\` and a \`remedy\`. For our own checks the pointer leads into the glTF that was given, or else into the GLB that Maquette makes of the model. \`errors\`, \`warnings\` and \`infos\` count every place of the Khronos validator, and each finding of our own checks once, however many triangles it speaks of.

## Our own checks

Each check measures one number, whether or not that is a finding; they are in \`checks\` of the report, \`null\` where a check does not apply. All take time and memory in proportion to the model. Positions that are exactly equal count as one vertex, so that seams of normals and textures leave no holes, and all primitives of a mesh are one surface. Where the Khronos validator reports the same (last column), its finding stands and ours is not listed beside it.
`;

/** `docs/validation.md`, made of the table of checks; a test keeps the file up to date. */
export function validationDocument(): string {
  const rows = CheckCode.options.map((code) => {
    const { measures, finding, severity, sameAs = [] } = CHECKS[code];
    return `| \`${code}\` | ${measures} | ${finding} | ${severity} | ${sameAs.map((same) => `\`${same}\``).join(', ')} |`;
  });
  const remedies = CheckCode.options.map((code) => `- \`${code}\`: ${CHECKS[code].remedy}`);
  return [
    INTRODUCTION,
    '| Code | What is measured | Finding | Severity | Khronos codes |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '\nWhat to do about them:\n',
    ...remedies,
    '',
  ].join('\n');
}
