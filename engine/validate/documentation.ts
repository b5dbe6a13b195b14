import { CheckCode } from '#contracts/model/check-codes.ts';
import { PROFILE_DOCUMENTS } from '#contracts/profiles/built-in.ts';
import { MeasureName } from '#contracts/profiles/measure-names.ts';
import { ListName } from '#contracts/profiles/profile.ts';
import { CHECKS } from './checks/check-table.ts';
import { LISTS, MEASURES } from './profiles/measures.ts';

const INTRODUCTION = `# Validation

A model is validated when it is uploaded (\`validation\` and \`checks\` of its report) and by \`maquette validate\`, in any format. This page is generated from the code by \`npm run docs\`.

\`\`\`sh
maquette validate chair.fbx                       # findings, each with its place and what to do
maquette validate chair.glb --json
maquette validate chair.glb --profile commerce    # exit status 1 when the model breaks a limit
maquette validate chair.glb --profile shop.json
\`\`\`

Findings come from three sources:

- the parser of the format, for what is wrong in the file;
- for glTF, the [Khronos validator](https://github.com/KhronosGroup/glTF-Validator), over decoded Draco and meshopt data;
- our own checks, below, on the geometry, whatever format it came from.

A finding has a \`code\`, a \`severity\` (\`error\`, \`warning\`, \`info\`, \`hint\`), a \`pointer\` to its place, a \`message\` and a \`remedy\`. For our own checks the pointer leads into the glTF that was given, or else into the GLB that Maquette makes of the model. \`errors\`, \`warnings\` and \`infos\` count every place of the Khronos validator, and each finding of our own checks once, however many triangles it speaks of.

Formats that hold polygons of more than three sides (FBX, OBJ, PLY, OFF, COLLADA, USD, X3D, VRML) say in \`sourcePolygons\` of the report how many \`triangles\`, \`quads\` and \`ngons\` (five sides or more) the file had before they were cut into triangles, each mesh once; it is \`null\` for other formats and for models without polygons. \`maquette inspect\` and \`maquette validate\` print it.

## Our own checks

Each check measures one number, whether or not that is a finding; they are in \`checks\` of the report, \`null\` where a check does not apply. All take time and memory in proportion to the model. Positions that are exactly equal count as one vertex, so that seams of normals and textures leave no holes, and all primitives of a mesh are one surface. Where the Khronos validator reports the same (last column), its finding stands and ours is not listed beside it.
`;

const PROFILES_TEXT = `## Profiles

A profile turns measurements and checks into pass or fail. It is a JSON document: a name and rules, each a limit on one thing (\`of\`).

\`\`\`json
{
  "name": "shop",
  "rules": [
    { "of": "triangles", "max": 60000 },
    { "of": "longestSide", "min": 0.1, "max": 4, "why": "Our furniture is of this size." },
    { "of": "OPEN_BOUNDARIES", "max": 0, "severity": "warning" },
    { "of": "textureFormats", "only": ["image/jpeg", "image/png"] }
  ]
}
\`\`\`

\`of\` is a measurement or a check, with \`min\`, \`max\` or both, or a list, with \`only\`. A broken rule of severity \`error\` (the default) fails the profile; one of severity \`warning\` is told. \`why\` replaces the general advice, \`source\` says where a limit comes from. What a model has nothing of is not judged: no textures break no limit on textures.

\`maquette validate --profile\` prints every rule with what was measured, and with \`--json\` adds \`verdict\`: \`{ "profile", "passed", "rules": [{ "of", "severity", "outcome", "value", "message", "remedy" }] }\`; it is \`null\` for a model that cannot be read. Over HTTP, \`GET /v1/assets/{id}/report?profile=web\` adds the same to the report, for the built-in profiles and those of the organisation: \`PUT /v1/validation-profiles/{name}\` with \`description\` and \`rules\` makes one, \`GET /v1/validation-profiles\` lists all.

### Measurements
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
    PROFILES_TEXT,
    '| Name | What it is |',
    '| --- | --- |',
    ...MeasureName.options.map((name) => `| \`${name}\` | ${MEASURES[name].text} |`),
    ...ListName.options.map((name) => `| \`${name}\` (list) | ${LISTS[name].text} |`),
    '\n### Built-in profiles\n',
    'Save one as a file to change it.\n',
    ...Object.values(PROFILE_DOCUMENTS).map(profileSection),
  ].join('\n');
}

function profileSection(profile: (typeof PROFILE_DOCUMENTS)['web']): string {
  const rules = profile.rules.map((rule) => `    ${JSON.stringify(rule, null, 1).replace(/\n\s*/g, ' ')}`).join(',\n');
  const { name, description } = profile;
  const head = `  "name": ${JSON.stringify(name)},\n  "description": ${JSON.stringify(description)},`;
  return `#### \`${name}\`\n\n\`\`\`json\n{\n${head}\n  "rules": [\n${rules}\n  ]\n}\n\`\`\`\n`;
}
