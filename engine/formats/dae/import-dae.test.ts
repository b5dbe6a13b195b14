import { describe, expect, it } from 'vitest';
import { checkCorpusImport, checkImport, checkMutations, corpusModel } from '#test/check-import.ts';
import { hasCorpus } from '#test/corpus.ts';
import { srgbToLinear } from '../geometry/color.ts';
import { importDae } from './import-dae.ts';

const POSITIONS =
  '<source id="p"><float_array id="pa" count="12">0 0 0 1 0 0 1 1 0 0 1 0</float_array><technique_common><accessor source="#pa" count="4" stride="3"/></technique_common></source><vertices id="v"><input semantic="POSITION" source="#p"/></vertices>';

const dae = (primitives: string, options: { scene?: string; libraries?: string; asset?: string } = {}) => ({
  name: 'a.dae',
  bytes: new TextEncoder().encode(
    `<?xml version="1.0"?><COLLADA version="1.4.1"><asset>${options.asset ?? ''}</asset>${options.libraries ?? ''}<library_geometries><geometry id="g" name="Sheet"><mesh>${POSITIONS}${primitives}</mesh></geometry></library_geometries><library_visual_scenes><visual_scene id="s">${options.scene ?? '<node id="n" name="Node"><instance_geometry url="#g"/></node>'}</visual_scene></library_visual_scenes><scene><instance_visual_scene url="#s"/></scene></COLLADA>`,
  ),
});
const VERTEX = '<input semantic="VERTEX" source="#v" offset="0"/>';
const QUAD = `<polylist count="1">${VERTEX}<vcount>4</vcount><p>0 1 2 3</p></polylist>`;

describe('importDae', () => {
  it.each([
    ['triangles', `<triangles count="2">${VERTEX}<p>0 1 2 0 2 3</p></triangles>`, 2, 0],
    ['a polygon list', QUAD, 2, 0],
    ['polygons', `<polygons count="1">${VERTEX}<p>0 1 2 3</p></polygons>`, 2, 0],
    ['a strip', `<tristrips count="1">${VERTEX}<p>0 1 3 2</p></tristrips>`, 2, 0],
    ['a fan', `<trifans count="1">${VERTEX}<p>0 1 2 3</p></trifans>`, 2, 0],
    ['lines', `<lines count="2">${VERTEX}<p>0 1 2 3</p></lines>`, 0, 2],
    ['line strips', `<linestrips count="1">${VERTEX}<p>0 1 2 3</p></linestrips>`, 0, 3],
  ])('reads %s', async (_, primitives, triangles, lines) => {
    const { report, document } = await checkImport(importDae, dae(primitives));
    expect([report.triangles, report.lines]).toEqual([triangles, lines]);
    const normal = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getAttribute('NORMAL');
    // Strips turn every second triangle: all normals point up nevertheless.
    if (triangles > 0)
      for (let i = 0; i < normal!.getCount(); i++) expect(normal!.getElement(i, [0, 0, 0])).toEqual([0, 0, 1]);
  });

  it('reads units, axes, transforms in their order, instances of nodes, names', async () => {
    const { report, document } = await checkImport(
      importDae,
      dae(QUAD, {
        asset: '<unit meter="0.01"/><up_axis>Z_UP</up_axis><contributor/>',
        libraries:
          '<library_nodes><node id="lib" name="Library"><scale>2 2 2</scale><instance_geometry url="#g"/></node></library_nodes>',
        scene:
          '<node name="A"><translate>100 0 0</translate><rotate>0 0 1 90</rotate><instance_node url="#lib"/></node>',
      }),
    );
    // (x, y) in 0..2 turned by 90 degrees about Z, moved by 100, in centimetres, Z up.
    expect(report.bounds!.min.map((value) => Math.round(value * 1e4) / 1e4 + 0)).toEqual([0.98, 0, -0.02]);
    expect(report.bounds!.max.map((value) => Math.round(value * 1e4) / 1e4 + 0)).toEqual([1, 0, 0]);
    expect(
      document
        .getRoot()
        .listNodes()
        .map((node) => node.getName()),
    ).toEqual(expect.arrayContaining(['A', 'Library']));
  });

  const MORPH = (method: string, moved: string) =>
    `<library_geometries><geometry id="t" name="Smile"><mesh><source id="tp"><float_array id="tpa" count="12">${moved}</float_array><technique_common><accessor source="#tpa" count="4" stride="3"/></technique_common></source><vertices id="tv"><input semantic="POSITION" source="#tp"/></vertices></mesh></geometry></library_geometries><library_controllers><controller id="m"><morph source="#g" method="${method}"><source id="mt"><IDREF_array id="mta" count="1">t</IDREF_array></source><source id="mw"><float_array id="mwa" count="1">0.25</float_array></source><targets><input semantic="MORPH_TARGET" source="#mt"/><input semantic="MORPH_WEIGHT" source="#mw"/></targets></morph></controller></library_controllers>`;
  const MORPHED = '<node id="n" name="Face"><instance_controller url="#m"/></node>';
  const KEYS =
    '<library_animations><animation id="a"><source id="i"><float_array id="ia" count="2">0 2</float_array></source><source id="o"><float_array id="oa" count="2">0 1</float_array></source><sampler id="sa"><input semantic="INPUT" source="#i"/><input semantic="OUTPUT" source="#o"/></sampler><channel source="#sa" target="mw(0)"/></animation></library_animations>';

  it.each([
    ['NORMALIZED', '0 0 0 1 0 0 1 1 3 0 1 0'],
    ['RELATIVE', '0 0 0 0 0 0 0 0 3 0 0 0'],
  ])('reads morph targets, %s, with their animation', async (method, moved) => {
    const { report, document } = await checkImport(
      importDae,
      dae(QUAD, { libraries: MORPH(method, moved) + KEYS, scene: MORPHED }),
    );
    expect(report).toMatchObject({ morphTargets: 1, animations: [{ seconds: 2 }] });
    const mesh = document.getRoot().listMeshes()[0]!;
    expect([mesh.getWeights(), mesh.getExtras()]).toEqual([[0.25], { targetNames: ['Smile'] }]);
    const offsets = mesh.listPrimitives()[0]!.listTargets()[0]!.getAttribute('POSITION')!.getArray()!;
    expect(Array.from(offsets).filter((value) => value !== 0)).toEqual([3]);
    const channel = document.getRoot().listAnimations()[0]!.listChannels()[0]!;
    expect(channel.getTargetPath()).toBe('weights');
    expect(Array.from(channel.getSampler()!.getOutput()!.getArray()!)).toEqual([0, 1]);
  });

  it('refuses a morph target with fewer positions than its mesh', async () => {
    const libraries = MORPH('NORMALIZED', '0 0 0 1 0 0 1 1 3')
      .replace('count="12"', 'count="9"')
      .replace('count="4"', 'count="3"');
    await expect(checkImport(importDae, dae(QUAD, { libraries, scene: MORPHED }))).rejects.toThrow(
      /has 3 positions; the mesh that it is a target of has 4/,
    );
  });

  it('keeps up to eight joints of a vertex', async () => {
    const joints = Array.from({ length: 10 }, (_, i) => `j${i}`);
    const identity = '1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1';
    const pairs = joints.map((_, i) => `${i} ${i}`).join(' ');
    const libraries = `<library_controllers><controller id="k"><skin source="#g"><source id="js"><Name_array id="jsa" count="10">${joints.join(' ')}</Name_array></source><source id="bs"><float_array id="bsa" count="160">${joints.map(() => identity).join(' ')}</float_array></source><source id="ws"><float_array id="wsa" count="10">0.01 0.02 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.27</float_array></source><joints><input semantic="JOINT" source="#js"/><input semantic="INV_BIND_MATRIX" source="#bs"/></joints><vertex_weights count="4"><input semantic="JOINT" source="#js" offset="0"/><input semantic="WEIGHT" source="#ws" offset="1"/><vcount>10 1 1 6</vcount><v>${pairs} 0 0 0 0 2 2 3 3 4 4 5 5 6 6 7 7</v></vertex_weights></skin></controller></library_controllers>`;
    const scene = `<node id="n"><instance_controller url="#k"/></node>${joints.map((name) => `<node id="${name}" sid="${name}" name="${name}" type="JOINT"/>`).join('')}`;
    const { document, corrections } = await checkImport(importDae, dae(QUAD, { libraries, scene }));
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    expect(primitive.listSemantics()).toEqual(expect.arrayContaining(['JOINTS_1', 'WEIGHTS_1']));
    const sums = Array.from({ length: 4 }, (_, i) =>
      ['WEIGHTS_0', 'WEIGHTS_1']
        .flatMap((name) => primitive.getAttribute(name)!.getElement(i, [] as number[]))
        .reduce((a, b) => a + b),
    );
    for (const sum of sums) expect(sum).toBeCloseTo(1, 5);
    expect(corrections).toContainEqual(expect.objectContaining({ code: 'reduced_weights' }));
  });

  it('reads cameras, lights and custom properties', async () => {
    const libraries =
      '<library_cameras><camera id="c" name="View"><optics><technique_common><perspective><xfov>90</xfov><aspect_ratio>2</aspect_ratio><znear>1</znear><zfar>100</zfar></perspective></technique_common></optics></camera></library_cameras><library_lights><light id="l" name="Sun"><technique_common><directional><color>1 1 1</color></directional></technique_common></light><light id="lamp"><technique_common><point><color>2 0 0</color><quadratic_attenuation>1</quadratic_attenuation></point></technique_common></light><light id="amb"><technique_common><ambient><color>1 1 1</color></ambient></technique_common></light></library_lights>';
    const scene =
      '<node name="A"><instance_camera url="#c"/></node><node name="B"><instance_light url="#l"/><extra><technique profile="x"><part>7-42</part></technique></extra></node><node name="C"><instance_light url="#lamp"/></node><node><instance_light url="#amb"/></node><node><instance_geometry url="#g"/></node>';
    const { document, findings, report } = await checkImport(
      importDae,
      dae(QUAD, { asset: '<unit meter="0.1"/>', libraries, scene }),
    );
    expect(report).toMatchObject({ cameras: 1, lights: 2 });
    const camera = document.getRoot().listCameras()[0]!;
    expect(camera.getYFov()).toBeCloseTo(2 * Math.atan(0.5), 5);
    expect([camera.getAspectRatio(), camera.getZNear(), camera.getZFar()]).toEqual([2, 0.1, 10]);
    const node = (name: string) =>
      document
        .getRoot()
        .listNodes()
        .find((candidate) => candidate.getName() === name)!;
    expect(node('B').getExtras()).toEqual({ part: '7-42' });
    expect(node('B').getExtension('KHR_lights_punctual')).toMatchObject({});
    expect(findings.issues).toMatchObject([{ code: 'AMBIENT_LIGHT', severity: 'info' }]);
  });

  it('reads materials of the common profile', async () => {
    const libraries =
      '<library_materials><material id="m" name="Paint"><instance_effect url="#e"/></material></library_materials><library_effects><effect id="e"><profile_COMMON><technique sid="c"><phong><diffuse><color>0.5 0.25 1 1</color></diffuse><transparent opaque="A_ONE"><color>1 1 1 0.4</color></transparent><transparency><float>1</float></transparency><shininess><float>50</float></shininess></phong></technique></profile_COMMON></effect></library_effects>';
    const { document } = await checkImport(
      importDae,
      dae(QUAD.replace('<polylist', '<polylist material="sym"'), {
        libraries,
        scene:
          '<node><instance_geometry url="#g"><bind_material><technique_common><instance_material symbol="sym" target="#m"/></technique_common></bind_material></instance_geometry></node>',
      }),
    );
    const [material] = document.getRoot().listMaterials();
    expect(material!.getName()).toBe('Paint');
    expect(material!.getBaseColorFactor()[1]).toBeCloseTo(srgbToLinear(0.25), 5);
    expect(material!.getBaseColorFactor()[3]).toBeCloseTo(0.4, 5);
    expect(material!.getAlphaMode()).toBe('BLEND');
  });

  it('bakes a full turn between two keys in steps small enough to be one', async () => {
    const libraries =
      '<library_animations><animation id="a"><source id="t"><float_array id="ta" count="2">1 3</float_array></source><source id="o"><float_array id="oa" count="2">0 360</float_array></source><sampler id="sa"><input semantic="INPUT" source="#t"/><input semantic="OUTPUT" source="#o"/></sampler><channel source="#sa" target="n/spin.ANGLE"/></animation></library_animations>';
    const { document, report, corrections } = await checkImport(
      importDae,
      dae(QUAD, {
        libraries,
        scene: '<node id="n"><rotate sid="spin">0 1 0 0</rotate><instance_geometry url="#g"/></node>',
      }),
    );
    expect(report.animations).toEqual([{ name: 'Animation', seconds: 2, channels: 1 }]);
    expect(corrections.map(({ code }) => code)).toContain('clip_start');
    const sampler = document.getRoot().listAnimations()[0]!.listSamplers()[0]!;
    const times = Array.from(sampler.getInput()!.getArray()!);
    const rotations = sampler.getOutput()!;
    for (const [i, time] of times.entries()) {
      const [, y, , w] = rotations.getElement(i, [0, 0, 0, 0]);
      const angle = (2 * Math.atan2(y!, w!) * 180) / Math.PI;
      expect((((angle - time * 180) % 360) + 360.5) % 360).toBeCloseTo(0.5, 2);
    }
  });

  it.each([
    ['an index beyond the positions', dae(QUAD.replace('0 1 2 3', '0 1 2 4')), /refers to POSITION 4; there are 4/],
    [
      'fewer numbers than declared',
      dae(QUAD, {}).bytes.length
        ? {
            name: 'a.dae',
            bytes: new TextEncoder().encode(
              new TextDecoder().decode(dae(QUAD).bytes).replace('count="12"', 'count="15"'),
            ),
          }
        : dae(QUAD),
      /declares 15 numbers, but holds 12/,
    ],
    ['fewer polygons than declared', dae(QUAD.replace('count="1"', 'count="2"')), /declares 2 elements, but holds 1/],
    [
      'a node that contains itself',
      dae(QUAD, {
        libraries: '<library_nodes><node id="l"><instance_node url="#l"/></node></library_nodes>',
        scene: '<node><instance_node url="#l"/></node>',
      }),
      /contains itself/,
    ],
    ['no geometry', dae(QUAD, { scene: '<node/>' }), /no geometry/],
  ])('refuses %s', async (_, file, message) => {
    await expect(checkImport(importDae, file)).rejects.toThrow(message);
  });
});

describe.skipIf(!hasCorpus)('DAE files of the corpus', () => {
  // Triangles as assimp 5.2 counts them; of library_animation_clips, which it cannot read, from its polygons.
  it.each([
    ['dae/cube_tristrips.dae', 12, 0, 0],
    ['dae/anims_with_full_rotations_between_keys.DAE', 768, 1, 0],
    ['dae/library_animation_clips.dae', 52, 2, 5],
    ['dae/duck/duck.dae', 4212, 0, 0],
  ])('%s: %d triangles, %d clips, %d joints', async (path, triangles, clips, joints) => {
    const { report } = await checkCorpusImport(importDae, path);
    expect([report.triangles, report.animations.length, report.skins[0]?.joints ?? 0]).toEqual([
      triangles,
      clips,
      joints,
    ]);
    for (const clip of report.animations) expect(clip.seconds).toBeGreaterThan(0.5);
  });

  it('the duck is as large as assimp says', async () => {
    const { report } = await checkCorpusImport(importDae, 'dae/duck/duck.dae', ['dae/duck/duckCM.tga']);
    expect(report.bounds!.max.map((value) => Math.round(value * 1e4) / 1e4)).toEqual([0.9618, 1.6397, 0.5393]);
  });

  it.each([
    ['corrupt/entity_bomb.dae', /declares entities/],
    ['corrupt/trunc/duck_flip.dae', /stands where a number should/],
    ['corrupt/trunc/duck_t50.dae', /ends inside of/],
  ])('%s is refused', async (path, message) => {
    await expect(checkCorpusImport(importDae, path)).rejects.toThrow(message);
  });

  it.each(['dae/cube_tristrips.dae', 'dae/library_animation_clips.dae'])('100 mutations of %s', async (path) => {
    expect((await checkMutations(importDae, await corpusModel(path), 100)).refused).toBeGreaterThan(20);
  });
});
