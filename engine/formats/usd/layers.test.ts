import { strToU8 } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readModel } from '#engine/process/read-model.ts';
import { checkImport, TEST_LIMITS } from '#test/check-import.ts';
import { writeCrate } from './crate/write-crate.ts';
import { importUsd } from './import-usd.ts';
import { UsdPrim } from './usd-layer.ts';

const file = (name: string, text: string) => ({ name, bytes: strToU8(`#usda 1.0\n${text}`) });

const TRIANGLE = `
    int[] faceVertexCounts = [3]
    int[] faceVertexIndices = [0, 1, 2]
    point3f[] points = [(0, 0, 0), (1, 0, 0), (0, 1, 0)]`;

/** Where the nodes stand, by name. */
function places({ document }: Awaited<ReturnType<typeof checkImport>>): Record<string, number[]> {
  const nodes = document.getRoot().listNodes();
  return Object.fromEntries(nodes.map((node) => [node.getName(), node.getTranslation().map(Math.round)]));
}

describe('text layers', () => {
  it('in every spelling of the grammar', async () => {
    const model = await checkImport(
      importUsd,
      file(
        'a.usda',
        `(
    """A stage: with "quotes", braces } and # marks"""
    customLayerData = { string maker = "me"; dictionary more = { int[] list = [1, 2] } }
    metersPerUnit = 0.01; upAxis = "Y"
)

class Mesh "_Never" {${TRIANGLE}
}
over "Elsewhere" { double3 xformOp:translate = (9, 9, 9) }
def Xform "Top" ( prepend apiSchemas = ["GeomModelAPI"]
  customData = { double weight = 2.5, bool good = 1, asset plan = @./#1.txt@ } )
{
  custom uniform string userProperties:note = 'it''s'; float unused.timeSamples = { 0: None, 1: 2, }
  double3 xformOp:translate = (100, 0, 0) # where it stands
  uniform token[] xformOpOrder = [
    "xformOp:translate",
  ]
  float spun.spline = { bezier, 1: 5; post held, 2: 6 }
  add rel gone
  reorder nameChildren = ["A", "B"]
  def Mesh "A" {
    int[] faceVertexCounts = [ 3 ] ( doc = "one face" )
    int[] faceVertexIndices = [0,
      1, 2,]
    point3f[] points = [(0,0,0),(1e2,0,0), # two corners
      (0, +100., 0)] ( interpolation = "vertex" )
  }
  def Mesh "Off" ( active = false ) {${TRIANGLE}
  }
}
`.replace("'it''s'", '"it\'s"'),
      ),
    );
    expect(model.report.triangles).toBe(1);
    expect(model.report.bounds).toMatchObject({ min: [1, 0, 0], max: [2, 1, 0] });
    const top = model.document
      .getRoot()
      .listNodes()
      .find((node) => node.getName() === 'Top');
    expect(top!.getExtras()).toMatchObject({ weight: 2.5, good: true, note: "it's" });
  });

  it('with variants, of which the selected one is shown', async () => {
    const stage = (selected: string) =>
      file(
        'a.usda',
        `def Xform "Car" ( variants = { string size = "${selected}" }  prepend variantSets = "size" )
{
  variantSet "size" = {
    "small" { def Mesh "Body" {${TRIANGLE}
    } }
    "large" { def Mesh "Body" {${TRIANGLE}
      } def Mesh "Roof" {${TRIANGLE}
      } }
  }
}
`,
      );
    expect((await checkImport(importUsd, stage('small'))).report.triangles).toBe(1);
    expect((await checkImport(importUsd, stage('large'))).report.triangles).toBe(2);
  });

  it.each([
    ['def Mesh "A" { int[] counts = [1, two] }', 'A number is missing here, where "two] }" stands.'],
    ['def Mesh "A" { point3f[] points = [(0, 0)] }', 'A list holds 2 numbers, 3 to an element'],
    ['def Mesh "A" { double3 at = (1, 2) }', 'A value has 2 numbers in place of 3'],
    ['def Mesh "A/B" { }', 'is no name of a prim'],
    [`def Mesh "A" { string a = "${'x'.repeat(100)}\n" }`, 'A value is missing here'],
    ['Mesh', 'A prim is missing here'],
  ])('with %s are refused, and the line is named', async (text, message) => {
    await expect(checkImport(importUsd, file('a.usda', text))).rejects.toMatchObject({
      where: 'a.usda: line 2',
      message: expect.stringContaining(message),
    });
  });
});

describe('sublayers', () => {
  const SHOT = file(
    'shot.usda',
    `( timeCodesPerSecond = 10
    subLayers = [ @./anim.usda@ (offset = 5; scale = 2), @sets/set.usda@, @lost.usda@ ] )
over "Set" { over "Box" {
  double3 xformOp:translate = (3, 0, 0)
  over "Hidden" ( active = false ) { }
} }
`,
  );
  const ANIM = file(
    'anim.usda',
    `( timeCodesPerSecond = 10 )
over "Set" { over "Ball" { double3 xformOp:translate.timeSamples = { 0: (0, 0, 0), 10: (0, 4, 0) } } }
`,
  );
  const MOVED = 'double3 xformOp:translate = (1, 1, 1)  uniform token[] xformOpOrder = ["xformOp:translate"]';
  const SET = file(
    'sets/set.usda',
    `( defaultPrim = "Set"  upAxis = "Z"  subLayers = [ @../shot.usda@ ] )
def Xform "Set" {
  def Mesh "Box" { ${MOVED} ${TRIANGLE}
    def Mesh "Hidden" {${TRIANGLE}
    }
  }
  def Mesh "Ball" { ${MOVED} ${TRIANGLE}
  }
  def Xform "Tree" ( references = @./parts/tree.usdc@ ) { }
}
`,
  );
  const tree = new UsdPrim('', 'Tree', 'Xform');
  tree
    .define('Leaf', 'Mesh')
    .attribute('faceVertexCounts', 'int[]', [3])
    .attribute('faceVertexIndices', 'int[]', [0, 1, 2])
    .attribute('points', 'point3f[]', [0, 0, 0, 1, 0, 0, 0, 1, 0]);
  const TREE = { name: 'sets/parts/tree.usdc', bytes: writeCrate({ root: tree, time: null }) };

  it('say together what a stage is: the first has the last word, and times and paths are those of each', async () => {
    const model = await checkImport(importUsd, SHOT, [ANIM, SET, TREE]);
    expect(model.report.triangles).toBe(3);
    expect(places(model)).toMatchObject({ Box: [3, 0, 0], Tree: [0, 0, 0] });
    expect(model.corrections.map(({ code }) => code)).not.toContain('up_axis');
    // From 5 to 25 of ten in a second; the clip begins where the first key is.
    expect(model.report.animations).toMatchObject([{ seconds: 2 }]);
    expect(model.findings.issues).toMatchObject([{ code: 'MISSING_REFERENCE' }]);
    expect(model.findings.issues[0]!.message).toContain('lost.usda');
  });

  it('are parts of the stage that names them, however large they are', async () => {
    const { corrections } = await readModel([SET, ANIM, TREE, SHOT], TEST_LIMITS);
    // The set names the shot too; of the two the one nearest to the root is taken.
    expect(corrections[0]!.message).toMatch(/^Of 4 models "shot.usda" was taken/);
  });
});

describe('a stage', () => {
  const CAR = file(
    'parts/car.usda',
    `( defaultPrim = "Car"  timeCodesPerSecond = 48 )
def Xform "Car" ( variants = { string wheels = "two" }  prepend variantSets = "wheels" ) {
  double3 xformOp:translate.timeSamples = { 0: (0, 0, 0), 48: (0, 0, 5) }
  uniform token[] xformOpOrder = ["xformOp:translate"]
  def Mesh "Body" { ${TRIANGLE}
    rel material:binding = </Looks/Grey>
  }
  variantSet "wheels" = {
    "two" { def Mesh "Left" {${TRIANGLE}
      } def Mesh "Right" {${TRIANGLE}
      } }
    "none" { }
  }
}
def Scope "Looks" { ${material('Grey', 0.5)} }
`,
  );
  const stage = (inside: string, metadata = '') =>
    file(
      'stage.usda',
      `class Mesh "_Moved" { double3 xformOp:translate = (7, 0, 0)  uniform token[] xformOpOrder = ["xformOp:translate"] }
def Xform "Mine" ( references = @parts/car.usda@ ${metadata} ) { ${inside} }
def Scope "Paints" { ${material('Red', 0.25)} }
`,
    );
  const facts = async (inside: string, metadata?: string) => {
    const model = await checkImport(importUsd, stage(inside, metadata), [CAR]);
    const materials = model.document.getRoot().listMaterials();
    return { ...model, reds: materials.map((one) => Math.round(one.getBaseColorFactor()[0] * 100) / 100) };
  };

  it('has clips of what it refers to at their moments: moved, slower, backwards, through layers of another pace', async () => {
    /** Seconds and heights of the keys of each node. */
    const keysOf = ({ document }: Awaited<ReturnType<typeof checkImport>>) =>
      Object.fromEntries(
        document
          .getRoot()
          .listAnimations()
          .flatMap((animation) => animation.listChannels())
          .map((channel) => {
            const sampler = channel.getSampler()!;
            const heights = [...sampler.getOutput()!.getArray()!].filter((_, i) => i % 3 === 1);
            const times = [...sampler.getInput()!.getArray()!].map((time) => Math.round(time * 1000) / 1000);
            return [channel.getTargetNode()!.getName(), times.map((time, i) => [time, heights[i]])];
          }),
      );
    const ball = file(
      'ball.usda',
      `( defaultPrim = "Ball"  timeCodesPerSecond = 48 )
def Xform "Ball" {
  double3 xformOp:translate.timeSamples = { 0: (0, 0, 0), 48: (0, 6, 0) }
  uniform token[] xformOpOrder = ["xformOp:translate"]
  def Mesh "Skin" {${TRIANGLE}
  }
}
`,
    );
    const arc = (name: string, time: string, word = 'references') =>
      `def "${name}" ( prepend ${word} = @ball.usda@ ${time} ) { }\n`;
    const head = '( timeCodesPerSecond = 10 )\n';
    const clips = `${arc('Plain', '')}${arc('Later', '(offset = 20)')}${arc('Slow', '(offset = 5; scale = 2)', 'payload')}${arc('Back', '(offset = 10; scale = -1)')}`;
    const expected = {
      Plain: [
        [0, 0],
        [1, 6],
      ],
      Later: [
        [2, 0],
        [3, 6],
      ],
      Slow: [
        [0.5, 0],
        [2.5, 6],
      ],
      Back: [
        [0, 6],
        [1, 0],
      ],
    };
    expect(keysOf(await checkImport(importUsd, file('clips.usda', head + clips), [ball]))).toMatchObject(expected);
    // Through one layer more, of five codes a second: two seconds later, and twice as slow.
    const shot = file(
      'shot.usda',
      `( timeCodesPerSecond = 5 )
def "Whole" ( references = @clips.usda@</Set> (offset = 10; scale = 2) ) { }
def "Still" ( references = @ball.usda@ (offset = 0; scale = 0) ) { }
`,
    );
    const set = file('clips.usda', `${head}def Xform "Set" { ${clips} }\n`);
    const keys = keysOf(await checkImport(importUsd, shot, [set, ball]));
    expect(keys).toMatchObject({
      Still: expected.Plain,
      Plain: [
        [2, 0],
        [4, 6],
      ],
      Later: [
        [6, 0],
        [8, 6],
      ],
      Slow: [
        [3, 0],
        [7, 6],
      ],
    });
    // In a crate layer, whose writer here knows no offsets: they are put where they belong, before the custom data.
    const root = new UsdPrim('', 'Rolling', 'Xform');
    root.reference = { asset: 'ball.usda', prim: 'Ball' };
    const crate = writeCrate({ root, time: null });
    const place = new Uint8Array(new Float64Array([0, 1, 0]).buffer);
    const at = crate.findIndex((_, i) => place.every((byte, k) => crate[i + k] === byte));
    expect(at).toBeGreaterThan(0);
    new DataView(crate.buffer, crate.byteOffset).setFloat64(at, 48, true);
    new DataView(crate.buffer, crate.byteOffset).setFloat64(at + 8, 0.5, true);
    const scene = file(
      'scene.usda',
      `( timeCodesPerSecond = 24 )
def "Standing" ( references = @ball.usda@ ) { }
def "Moving" ( references = @rolling.usdc@</Rolling> ) { }
`,
    );
    // Of 24 codes a second, as layers have that say nothing: from 48 on, twice as fast.
    const rolling = await checkImport(importUsd, scene, [{ name: 'rolling.usdc', bytes: crate }, ball]);
    expect(keysOf(rolling)).toMatchObject({
      Moving: [
        [2, 0],
        [2.5, 6],
      ],
    });
  });

  it('takes what is referred to as it is, with materials beside it, and its time', async () => {
    const { report, reds } = await facts('');
    expect(report).toMatchObject({ triangles: 3, animations: [{ seconds: 1 }] });
    expect(reds).toContain(0.5);
  });

  it('changes what it refers to: materials, places, variants, what is there', async () => {
    const { report, reds } = await facts('over "Body" { rel material:binding = </Paints/Red> }');
    expect(report.triangles).toBe(3);
    expect(reds).toContain(0.25);
    expect(reds).not.toContain(0.5);
    expect((await facts('', 'variants = { string wheels = "none" }')).report.triangles).toBe(1);
    expect((await facts('over "Left" ( active = false ) { }')).report.triangles).toBe(2);
    const moved = await facts('over "Right" ( inherits = </_Moved> ) { }  def Mesh "Roof" { } over "Nothing" { }');
    expect(places(moved)).toMatchObject({ Right: [7, 0, 0], Left: [0, 0, 0] });
    expect(places(moved)).not.toHaveProperty('Nothing');
  });

  it('of references to ever more references is refused', async () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const arcs = Array.from({ length: 20 }, () => `</L${level + 1}>`).join(', ');
      return `def Xform "L${level}" ( references = [${arcs}] ) { }`;
    });
    const bomb = file('a.usda', `${levels.join('\n')}\ndef Mesh "L12" {${TRIANGLE}\n}\n`);
    await expect(checkImport(importUsd, bomb, [], { ...TEST_LIMITS, nodes: 2000 })).rejects.toMatchObject({
      code: 'model_too_large',
    });
  });
});

function material(name: string, red: number): string {
  return `def Material "${name}" {
    token outputs:surface.connect = </${name === 'Red' ? 'Paints' : 'Looks'}/${name}/Shader.outputs:surface>
    def Shader "Shader" {
      uniform token info:id = "UsdPreviewSurface"
      color3f inputs:diffuseColor = (${red}, 0, 0)
      token outputs:surface
    } }`;
}
