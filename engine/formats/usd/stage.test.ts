import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { checkImport, TEST_LIMITS } from '#test/check-import.ts';
import { cpuTime } from '#test/cpu-time.ts';
import { importUsd } from './import-usd.ts';

const file = (text: string, name = 'a.usda') => ({ name, bytes: strToU8(`#usda 1.0\n${text}`) });
const read = (text: string, others: { name: string; bytes: Uint8Array }[] = []) =>
  checkImport(importUsd, file(text), others);

const QUAD = `
    int[] faceVertexCounts = [4]
    int[] faceVertexIndices = [0, 1, 2, 3]
    point3f[] points = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)]`;
const SHEET = `
    int[] faceVertexCounts = [4, 4]
    int[] faceVertexIndices = [0, 1, 2, 3, 1, 4, 5, 2]
    point3f[] points = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (2, 0, 0), (2, 1, 0)]`;

/** Colours by position, as linear light. */
function colorsOf({ document }: Awaited<ReturnType<typeof read>>): Map<string, number[]> {
  const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
  const colors = primitive.getAttribute('COLOR_0')!;
  const out = new Map<string, number[]>();
  for (let i = 0; i < colors.getCount(); i++) {
    const place = primitive.getAttribute('POSITION')!.getElement(i, []).join(' ');
    out.set(place, [...(out.get(place) ?? []), Math.round(colors.getElement(i, [])[0]! * 100) / 100]);
  }
  return out;
}

describe('vertex colours', () => {
  it('of points, of faces and of corners', async () => {
    const stage = (values: number[]) =>
      `def Mesh "Sheet"\n{${SHEET}\n    color3f[] primvars:displayColor = [${values.map((v) => `(${v}, 0, 0)`)}]\n}\n`;
    const points = colorsOf(await read(stage([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])));
    expect(points.get('2 1 0')).toEqual([0.6]);
    expect(points.get('1 0 0')).toEqual([0.2]);
    const faces = colorsOf(await read(stage([0.1, 0.9])));
    expect(faces.get('0 0 0')).toEqual([0.1]);
    expect(faces.get('1 0 0')!.toSorted()).toEqual([0.1, 0.9]);
    const corners = colorsOf(await read(stage([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])));
    expect(corners.get('1 1 0')!.toSorted()).toEqual([0.3, 0.8]);
  });
});

describe('blend shapes', () => {
  it('move the points they name, with weights over time', async () => {
    const { document, report } = await read(`(
    timeCodesPerSecond = 10
)
def SkelRoot "Root"
{
  def Mesh "Face"
  {${SHEET}
    uniform token[] skel:blendShapes = ["smile", "frown"]
    rel skel:blendShapeTargets = [</Root/Face/smile>, </Root/Face/frown>]
    rel skel:animationSource = </Root/Anim>
    def BlendShape "smile"
    {
      uniform vector3f[] offsets = [(0, 0, 2)]
      uniform int[] pointIndices = [4]
    }
    def BlendShape "frown"
    {
      uniform vector3f[] offsets = [(0, 0, 1), (0, 0, 1), (0, 0, 1), (0, 0, 1), (0, 0, 1), (0, 0, 1)]
    }
  }
  def SkelAnimation "Anim"
  {
    uniform token[] blendShapes = ["frown", "smile"]
    float[] blendShapeWeights.timeSamples = {
      0: [0, 0],
      10: [0.5, 1],
    }
  }
}
`);
    expect(report).toMatchObject({ morphTargets: 2, animations: [{ name: 'Anim', seconds: 1 }] });
    const mesh = document.getRoot().listMeshes()[0]!;
    expect(mesh.getExtras()).toEqual({ targetNames: ['smile', 'frown'] });
    const [smile, frown] = mesh.listPrimitives()[0]!.listTargets();
    const heights = (target: typeof smile) =>
      Array.from(target!.getAttribute('POSITION')!.getArray()!).filter((_, i) => i % 3 === 2);
    expect(heights(smile).filter((z) => z === 2).length).toBe(1);
    expect(heights(frown).every((z) => z === 1)).toBe(true);
    const sampler = document.getRoot().listAnimations()[0]!.listSamplers()[0]!;
    expect(Array.from(sampler.getOutput()!.getArray()!)).toEqual([0, 0, 1, 0.5]);
  });
});

describe('references', () => {
  const WHEEL = file(
    `(
    defaultPrim = "Wheel"
)
def Xform "Wheel"
{
  double3 xformOp:translate = (9, 9, 9)
  uniform token[] xformOpOrder = ["xformOp:translate"]
  def Mesh "Tyre"
  {${QUAD}
  }
}
def Mesh "Rim"
{${SHEET}
}
`,
    'parts/wheel.usda',
  );
  const CAR = `
def Xform "Car"
{
  def Xform "Left" (
    prepend references = @parts/wheel.usda@
  )
  {
    double3 xformOp:translate = (1, 0, 0)
    uniform token[] xformOpOrder = ["xformOp:translate"]
  }
  def Xform "Right" (
    append payload = @./parts/wheel.usda@</Rim>
  )
  {
  }
  def Xform "Spare" (
    references = </Car/Left>
  )
  {
  }
}
`;

  it('lead to files beside the stage, to one prim of them, and to the stage itself', async () => {
    const { report, document } = await read(CAR, [WHEEL]);
    expect(report.triangles).toBe(2 + 4 + 2);
    // What refers says where it is; what is referred to does not add to that.
    expect(report.bounds!.max).toEqual([2, 1, 0]);
    const names = document
      .getRoot()
      .listNodes()
      .map((node) => node.getName());
    expect(names).toEqual(expect.arrayContaining(['Car', 'Left', 'Right', 'Spare']));
  });

  it('lead to layers in the package', async () => {
    const bytes = zipSync({
      'car.usda': [strToU8(`#usda 1.0\n${CAR}`), { level: 0 }],
      'parts/wheel.usda': [WHEEL.bytes, { level: 0 }],
    });
    expect((await checkImport(importUsd, { name: 'car.usdz', bytes })).report.triangles).toBe(8);
  });

  it('to what is not there are said, and the rest is shown', async () => {
    const { report, findings } = await read(`${CAR}def Mesh "Here"\n{${QUAD}\n}\n`);
    expect(report.triangles).toBe(2);
    expect(findings.issues).toMatchObject([{ code: 'MISSING_REFERENCE', severity: 'warning' }]);
    expect(findings.issues[0]!.message).toContain('parts/wheel.usda');
  });

  it('that lead round in a circle, or to ever more of themselves, are refused', async () => {
    const circle = `def Xform "A" (\n  prepend references = @b.usda@\n)\n{\n}\n`;
    const back = file(`(\n  defaultPrim = "B"\n)\ndef Xform "B" (\n  references = @b.usda@</B>\n)\n{\n}\n`, 'b.usda');
    await expect(read(circle, [back])).rejects.toThrow(/references are nested more than 32 levels/);
    // Each level shows the one below ten times: a thousand million prims in a page of text.
    const levels = Array.from({ length: 9 }, (_, level) => {
      const inner = Array.from(
        { length: 10 },
        (_, i) => `  def Xform "C${i}" (\n    references = </L${level + 1}>\n  )\n  {\n  }\n`,
      );
      return `def Xform "L${level}"\n{\n${inner.join('')}}\n`;
    });
    const start = cpuTime();
    const bomb = file(`${levels.join('')}def Mesh "L9"\n{${QUAD}\n}\n`);
    await expect(checkImport(importUsd, bomb, [], { ...TEST_LIMITS, nodes: 2000 })).rejects.toMatchObject({
      code: 'model_too_large',
    });
    expect(cpuTime() - start).toBeLessThan(10_000);
  });
});

describe('instancers', () => {
  const stage = (count: number) => `
def PointInstancer "Trees"
{
  int[] protoIndices = [${Array.from({ length: count }, (_, i) => i % 2)}]
  point3f[] positions = [${Array.from({ length: count }, (_, i) => `(${i}, 0, 0)`)}]
  float3[] scales = [${Array.from({ length: count }, () => '(2, 2, 2)')}]
  int64[] invisibleIds = [1]
  rel prototypes = [</Trees/Protos/Oak>, </Trees/Protos/Fir>]
  def Scope "Protos"
  {
    def Mesh "Oak"
    {${QUAD}
    }
    def Mesh "Fir"
    {${SHEET}
    }
  }
}
`;

  it('show their prototypes at each point, which share their meshes', async () => {
    const { report } = await read(stage(5));
    expect(report).toMatchObject({ triangles: 3 * 2 + 4, meshes: 2 });
    expect(report.bounds!.max[0]).toBe(7);
  });

  it('with more than the limit are refused', async () => {
    await expect(checkImport(importUsd, file(stage(500)), [], { ...TEST_LIMITS, nodes: 300 })).rejects.toMatchObject({
      code: 'model_too_large',
    });
  });
});

describe('the rest of a stage', () => {
  it('clouds, custom properties, what is hidden, and faces in no subset', async () => {
    const { report, document, corrections } = await read(`
def Points "Cloud"
{
  point3f[] points = [(0, 0, 0), (1, 2, 3)]
  color3f[] primvars:displayColor = [(1, 0, 0), (0, 1, 0)]
  float[] widths = [0.1, 0.2]
  custom string userProperties:maker = "Ann"
  custom int userProperties:number = 7
}
def Mesh "Sheet"
{${SHEET}
  def GeomSubset "Half"
  {
    uniform token elementType = "face"
    uniform token familyName = "materialBind"
    int[] indices = [0]
  }
}
def Xform "Construction"
{
  token visibility = "invisible"
  def Mesh "Line"
  {${QUAD}
  }
}
`);
    expect(report).toMatchObject({ points: 2, triangles: 4 });
    expect(corrections.map(({ code }) => code)).toContain('hidden_nodes');
    const cloud = document
      .getRoot()
      .listNodes()
      .find((node) => node.getName() === 'Cloud')!;
    expect(cloud.getExtras()).toEqual({ maker: 'Ann', number: 7 });
    const points = cloud.getMesh()!.listPrimitives()[0]!;
    expect(points.getAttribute('COLOR_0')!.getElement(1, [])).toEqual([0, 1, 0, 1]);
    expect(points.getAttribute('_WIDTH')!.getScalar(1)).toBeCloseTo(0.2);
  });

  it('cameras and lights in metres, and what is not read is said', async () => {
    const { document, findings } = await read(`(
    metersPerUnit = 0.01
)
def Camera "View"
{
  float2 clippingRange = (1, 10000)
  float focalLength = 50
  float horizontalAperture = 36
  float verticalAperture = 24
}
def SphereLight "Lamp"
{
  float inputs:intensity = 1000
  float inputs:exposure = 1
  float inputs:radius = 10
}
def DistantLight "Sun"
{
  float inputs:intensity = 3
}
def BasisCurves "Hair"
{
  int[] curveVertexCounts = [2]
  point3f[] points = [(0, 0, 0), (1, 0, 0)]
}
def Mesh "Quad"
{${QUAD}
}
`);
    const camera = document.getRoot().listCameras()[0]!;
    expect(camera.getYFov()).toBeCloseTo(2 * Math.atan(12 / 50), 4);
    expect(camera.getZFar()).toBeCloseTo(100);
    const lights = document
      .getRoot()
      .listNodes()
      .flatMap((node) => node.getExtension('KHR_lights_punctual') ?? []);
    const [lamp, sun] = lights as unknown as { getType(): string; getIntensity(): number }[];
    // 2,000 nits over a disc of 10 cm.
    expect([lamp!.getType(), sun!.getType(), sun!.getIntensity()]).toEqual(['point', 'directional', 3]);
    expect(lamp!.getIntensity()).toBeCloseTo(2000 * Math.PI * 0.01, 3);
    expect(findings.issues).toMatchObject([{ code: 'UNREAD_PRIMS', message: expect.stringContaining('/Hair') }]);
  });
});
