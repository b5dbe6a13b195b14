import { describe, expect, it } from 'vitest';
import { ModelReport } from '#contracts/model/model-report.ts';
import { file, geometry, link, model } from '#engine/formats/fbx/testing/fbx-tree.ts';
import { writeBinaryFbx } from '#engine/formats/fbx/testing/write-fbx.ts';
import { writeGlb } from '#engine/formats/gltf/write-glb.ts';
import { documentOf, sphere } from '#engine/operations/testing/shapes.ts';
import { corpusModel, TEST_LIMITS } from '#test/check-import.ts';
import { hasCorpus } from '#test/corpus.ts';
import { processModel } from './process-model.ts';

/** A house: a square with a roof beside it, and a pentagon of both together. */
const POINTS = [
  [0, 0, 0],
  [2, 0, 0],
  [2, 1, 0],
  [1, 2, 0],
  [0, 1, 0],
];
const FACES = [
  [0, 1, 2, 4],
  [4, 2, 3],
  [0, 1, 2, 3, 4],
  [2, 3, 4],
];
const COUNTS = { triangles: 2, quads: 1, ngons: 1 };

const points = POINTS.map((point) => point.join(' '));
const indices = FACES.map((face) => face.join(' '));
const sized = FACES.map((face) => `${face.length} ${face.join(' ')}`);
const closed = FACES.map((face) => `${face.join(' ')} -1`).join(' ');

const DAE = `<?xml version="1.0"?><COLLADA version="1.4.1"><library_geometries><geometry id="g"><mesh><source id="p"><float_array id="pa" count="15">${points.join(' ')}</float_array><technique_common><accessor source="#pa" count="5" stride="3"/></technique_common></source><vertices id="v"><input semantic="POSITION" source="#p"/></vertices><polylist count="2"><input semantic="VERTEX" source="#v" offset="0"/><vcount>4 3</vcount><p>${indices[0]} ${indices[1]}</p></polylist><polygons count="1"><input semantic="VERTEX" source="#v" offset="0"/><p>${indices[2]}</p></polygons><triangles count="1"><input semantic="VERTEX" source="#v" offset="0"/><p>${indices[3]}</p></triangles></mesh></geometry></library_geometries><library_visual_scenes><visual_scene id="s"><node><instance_geometry url="#g"/></node><node><instance_geometry url="#g"/></node></visual_scene></library_visual_scenes><scene><instance_visual_scene url="#s"/></scene></COLLADA>`;

const MESH = `int[] faceVertexCounts = [${FACES.map(({ length }) => length).join(', ')}]
  int[] faceVertexIndices = [${FACES.flat().join(', ')}]
  point3f[] points = [${POINTS.map((point) => `(${point.join(', ')})`).join(', ')}]`;
const USD = `#usda 1.0
(
  upAxis = "Y"
)
def Xform "Root"
{
def Mesh "House"
{
  ${MESH}
}
def Mesh "Hidden"
{
  token visibility = "invisible"
  ${MESH}
}
def Cube "Round"
{
  double size = 1
}
}
`;

const SHAPE = `Shape { geometry DEF G IndexedFaceSet { coord Coordinate { point [ ${points.join(', ')} ] } coordIndex [ ${closed} ] } }`;

const fbx = writeBinaryFbx(
  file(
    [geometry(1n, POINTS.flat(), FACES), model(2n, 'A', 'Mesh'), model(3n, 'B', 'Mesh')],
    [link(2n, 0n), link(3n, 0n), link(1n, 2n), link(1n, 3n)],
  ),
);

const PLY_HEAD = `ply
format ascii 1.0
element vertex 5
property float x
property float y
property float z
element face 4
property list uchar int vertex_indices
end_header
`;

const SOURCES: [name: string, content: string | Uint8Array][] = [
  ['a.fbx', fbx],
  [
    'a.obj',
    `${points.map((point) => `v ${point}`).join('\n')}\n${FACES.map((face) => `f ${face.map((i) => i + 1).join(' ')}`).join('\n')}\nl 1 2 3 4\n`,
  ],
  ['a.ply', `${PLY_HEAD}${points.join('\n')}\n${sized.join('\n')}\n`],
  ['a.off', `OFF\n5 4 0\n${points.join('\n')}\n${sized.join('\n')}\n`],
  ['a.dae', DAE],
  ['a.usda', USD],
  ['a.wrl', `#VRML V2.0 utf8\n${SHAPE} Shape { geometry USE G } Shape { geometry Sphere { } }`],
  [
    'a.x3d',
    `<X3D version="3.3"><Scene><Shape><IndexedFaceSet coordIndex="${closed}"><Coordinate point="${points.join(' ')}"/></IndexedFaceSet></Shape></Scene></X3D>`,
  ],
];

async function reportOf(name: string, content: string | Uint8Array): Promise<ModelReport> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const { report } = await processModel([{ name, bytes }], TEST_LIMITS);
  return ModelReport.parse(report);
}

describe('polygons of the source', () => {
  it.each(SOURCES)('are counted by their sides in %s, each mesh once', async (name, content) => {
    expect((await reportOf(name, content)).sourcePolygons).toEqual(COUNTS);
  });

  it.each([
    ['a.obj', 'v 0 0 0\nv 1 0 0\nv 0 1 0\nv 1 1 0\nf 1 2 3\nf 2 4 3\n'],
    ['a.ply', `${PLY_HEAD.replace('face 4', 'face 2')}${points.join('\n')}\n3 0 1 2\n3 2 3 4\n`],
    [
      'a.dae',
      DAE.replace(/<polylist.*<\/polygons>/, '')
        .replace('<triangles count="1">', '<trifans count="1">')
        .replace('</triangles>', '</trifans>')
        .replace(/<p>2 3 4/, '<p>0 1 2 3'),
    ],
  ])('are triangles alone in such a file: %s', async (name, content) => {
    expect((await reportOf(name, content)).sourcePolygons).toEqual({ triangles: 2, quads: 0, ngons: 0 });
  });

  it.each([
    ['a.glb', writeGlb(documentOf(sphere(1, 1)))],
    ['a.obj', 'v 0 0 0\nv 1 0 0\nv 0 1 0\n'],
    ['a.wrl', '#VRML V2.0 utf8\nShape { geometry Box { } }'],
  ])('are null where there are none: %s', async (name, content) => {
    expect((await reportOf(name, await content)).sourcePolygons).toBeNull();
  });

  it.runIf(hasCorpus)('are those of Maya in a maze of polygons with holes', async () => {
    const { bytes } = await corpusModel('fbx/maya_ngon_maze_7700_binary.fbx');
    const { sourcePolygons } = await reportOf('maze.fbx', bytes);
    expect(sourcePolygons).toEqual({ triangles: 0, quads: 505, ngons: 284 });
  });
});
