import { SQUARE_BREP } from '#engine/formats/cad/testing/square-brep.ts';
import { SMALL_IFC } from '#engine/formats/ifc/testing/small-ifc.ts';
import { SET_USDA, STAGE_USDA } from './composed-models.ts';
import { PIXEL, type Seed, textSeed } from './seed.ts';

/** Corners of a cube, and its six sides. */
const CORNERS = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => [i & 1, (i >> 1) & 1, i >> 2]);
const SIDES = [
  [0, 2, 3, 1],
  [4, 5, 7, 6],
  [0, 1, 5, 4],
  [2, 6, 7, 3],
  [0, 4, 6, 2],
  [1, 3, 7, 5],
];

const MTL = `# materials
newmtl Red
Ka 0.1 0.1 0.1
Kd 0.8 0.1 0.1
Ks 0.5 0.5 0.5
Ns 96.0
Ni 1.45
d 0.5
illum 2
Pr 0.4
Pm 1.0
map_Kd -s 2 2 1 -o 0.1 0.2 -clamp on wood.png
newmtl Other
Kd 0 1 0
Tr 0.25
Ke 1 1 1
map_Bump -bm 0.5 wood.png
norm wood.png
map_Pr wood.png
map_Pm wood.png
map_Ke wood.png
map_d wood.png
`;

const OBJ = `# units: centimetres
mtllib model.mtl
o Cube
g sides top
${CORNERS.map(([x, y, z]) => `v ${x} ${y} ${z} 1.0 0.5 0.25`).join('\n')}
vt 0 0
vt 1 0
vt 1 1
vt 0 1
vn 0 0 1
vn 0 1 0
usemtl Red
s 1
${SIDES.map((side) => `f ${side.map((corner, i) => `${corner + 1}/${i + 1}/1`).join(' ')}`).join('\n')}
usemtl Other
s off
f -1/-1/-1 -2/-2/-1 -3/-3/-2
f 1//1 2//1 3//2
l 1 2 3 4
p 5 6
`;

/** OBJ with its materials and a texture. */
export function objSeeds(): Seed[] {
  const others = [
    { name: 'model.mtl', bytes: new TextEncoder().encode(MTL) },
    { name: 'wood.png', bytes: PIXEL },
  ];
  return [textSeed('model.obj', OBJ, others)];
}

export function asciiStlSeeds(): Seed[] {
  const facets = SIDES.flatMap(([a, b, c, d]) => [
    [a!, b!, c!],
    [a!, c!, d!],
  ]).map(
    (corners) =>
      `facet normal 0 0 0\nouter loop\n${corners.map((i) => `vertex ${CORNERS[i]!.join(' ')}`).join('\n')}\nendloop\nendfacet`,
  );
  return [
    textSeed('model.stl', `solid one\n${facets.join('\n')}\nendsolid one\nsolid two\n${facets[0]}\nendsolid two\n`),
  ];
}

export function asciiPlySeeds(): Seed[] {
  const header = `ply
format ascii 1.0
comment TextureFile wood.png
element vertex 8
property float x
property float y
property float z
property uchar red
property uchar green
property uchar blue
property float quality
element face 6
property list uchar int vertex_indices
property list uchar float texcoord
element edge 1
property int vertex1
property int vertex2
end_header
`;
  const vertices = CORNERS.map((corner, i) => `${corner.join(' ')} ${i * 30} 10 20 0.${i}`);
  const faces = SIDES.map((side) => `4 ${side.join(' ')} 8 0 0 1 0 1 1 0 1`);
  return [
    textSeed('model.ply', `${header}${[...vertices, ...faces, '0 1'].join('\n')}\n`, [
      { name: 'wood.png', bytes: PIXEL },
    ]),
  ];
}

const SOURCE = (id: string, values: string, count: number, stride: number) =>
  `<source id="${id}"><float_array id="${id}-a" count="${count * stride}">${values}</float_array><technique_common><accessor source="#${id}-a" count="${count}" stride="${stride}"><param name="X" type="float"/></accessor></technique_common></source>`;

const DAE = `<?xml version="1.0"?>
<COLLADA version="1.4.1" xmlns="http://www.collada.org/2005/11/COLLADASchema"><asset><unit meter="0.01"/><up_axis>Z_UP</up_axis></asset>
<library_images><image id="img"><init_from>wood.png</init_from></image></library_images>
<library_effects><effect id="e"><profile_COMMON><newparam sid="s"><surface type="2D"><init_from>img</init_from></surface></newparam><newparam sid="t"><sampler2D><source>s</source></sampler2D></newparam><technique sid="c"><phong><diffuse><texture texture="t" texcoord="UV"/></diffuse><transparency><float>0.5</float></transparency><shininess><float>50</float></shininess></phong></technique></profile_COMMON></effect></library_effects>
<library_materials><material id="m" name="Paint"><instance_effect url="#e"/></material></library_materials>
<library_geometries><geometry id="g" name="Cube"><mesh>${SOURCE('p', CORNERS.flat().join(' '), 8, 3)}${SOURCE('uv', '0 0 1 0 1 1 0 1', 4, 2)}<vertices id="v"><input semantic="POSITION" source="#p"/></vertices>
<polylist count="6" material="sym"><input semantic="VERTEX" source="#v" offset="0"/><input semantic="TEXCOORD" source="#uv" offset="1" set="0"/><vcount>4 4 4 4 4 4</vcount><p>${SIDES.map((side) => side.map((corner, i) => `${corner} ${i}`).join(' ')).join(' ')}</p></polylist>
<triangles count="1"><input semantic="VERTEX" source="#v" offset="0"/><p>0 1 2</p></triangles><tristrips count="1"><input semantic="VERTEX" source="#v" offset="0"/><p>0 1 3 2</p></tristrips><lines count="1"><input semantic="VERTEX" source="#v" offset="0"/><p>0 1</p></lines></mesh></geometry></library_geometries>
<library_controllers><controller id="c"><skin source="#g"><bind_shape_matrix>1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1</bind_shape_matrix><source id="j"><Name_array id="ja" count="2">a b</Name_array><technique_common><accessor source="#ja" count="2" stride="1"/></technique_common></source>${SOURCE('w', '1 0.5', 2, 1)}${SOURCE('ibm', '1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1 1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1', 2, 16)}<joints><input semantic="JOINT" source="#j"/><input semantic="INV_BIND_MATRIX" source="#ibm"/></joints><vertex_weights count="8"><input semantic="JOINT" source="#j" offset="0"/><input semantic="WEIGHT" source="#w" offset="1"/><vcount>1 1 1 1 2 2 2 2</vcount><v>0 0 0 0 0 0 0 0 0 1 1 1 0 1 1 1 0 1 1 1 0 1 1 1</v></vertex_weights></skin></controller></library_controllers>
<library_animations><animation id="an">${SOURCE('t', '0 1 2', 3, 1)}${SOURCE('o', '0 90 0', 3, 1)}<source id="in"><Name_array id="ina" count="3">LINEAR LINEAR LINEAR</Name_array><technique_common><accessor source="#ina" count="3" stride="1"/></technique_common></source><sampler id="sa"><input semantic="INPUT" source="#t"/><input semantic="OUTPUT" source="#o"/><input semantic="INTERPOLATION" source="#in"/></sampler><channel source="#sa" target="nb/spin.ANGLE"/></animation></library_animations>
<library_nodes><node id="lib"><scale>2 2 2</scale><instance_geometry url="#g"/></node></library_nodes>
<library_visual_scenes><visual_scene id="s"><node id="na" sid="a" type="JOINT" name="A"><translate>0 0 1</translate><node id="nb" sid="b" type="JOINT" name="B"><rotate sid="spin">0 1 0 0</rotate></node></node>
<node name="Skinned"><instance_controller url="#c"><skeleton>#na</skeleton><bind_material><technique_common><instance_material symbol="sym" target="#m"><bind_vertex_input semantic="UV" input_semantic="TEXCOORD" input_set="0"/></instance_material></technique_common></bind_material></instance_controller></node>
<node name="Plain"><matrix>1 0 0 5 0 1 0 0 0 0 1 0 0 0 0 1</matrix><instance_geometry url="#g"/><instance_node url="#lib"/></node></visual_scene></library_visual_scenes>
<scene><instance_visual_scene url="#s"/></scene></COLLADA>
`;

export function daeSeeds(): Seed[] {
  return [textSeed('model.dae', DAE, [{ name: 'wood.png', bytes: PIXEL }])];
}

const X3D = `<?xml version="1.0"?><X3D version="3.3"><Scene><Group><Transform DEF="T" translation="1 2 3" rotation="0 1 0 1.5" scale="2 2 2"><Shape DEF="S"><Appearance><Material diffuseColor="1 0 0" transparency="0.5" emissiveColor="0 0.1 0"/><ImageTexture url='"wood.png"'/></Appearance><IndexedFaceSet solid="false" creaseAngle="0.5" coordIndex="${SIDES.map((side) => `${side.join(' ')} -1`).join(' ')}" colorIndex="0 1 2 3 0 1"><Coordinate point="${CORNERS.flat().join(' ')}"/><Color color="1 0 0 0 1 0 0 0 1 1 1 1"/></IndexedFaceSet></Shape></Transform><Shape USE="S"/><Shape><Box size="1 2 3"/></Shape><Shape><Sphere radius="2"/></Shape><Shape><Cone bottomRadius="1" height="2"/></Shape><Shape><Cylinder radius="1" height="2"/></Shape><Shape><IndexedLineSet coordIndex="0 1 2 -1"><Coordinate point="0 0 0 1 0 0 1 1 0"/></IndexedLineSet></Shape><Shape><TriangleSet><Coordinate point="0 0 0 1 0 0 1 1 0"/></TriangleSet></Shape></Group></Scene></X3D>`;

const VRML = `#VRML V2.0 utf8
DEF T Transform {
  translation 1 2 3
  rotation 0 1 0 0.5
  scale 2 2 2
  children [
    DEF S Shape {
      appearance Appearance {
        material Material { diffuseColor 1 0 0 transparency 0.5 }
        texture ImageTexture { url "wood.png" }
      }
      geometry IndexedFaceSet {
        solid FALSE
        coord DEF C Coordinate { point [ ${CORNERS.map((corner) => corner.join(' ')).join(', ')} ] }
        coordIndex [ ${SIDES.map((side) => `${side.join(' ')} -1`).join(', ')} ]
        texCoord TextureCoordinate { point [ 0 0, 1 0, 1 1, 0 1 ] }
        texCoordIndex [ ${SIDES.map(() => '0 1 2 3 -1').join(', ')} ]
      }
    }
    Shape { geometry IndexedLineSet { coord USE C coordIndex [ 0 1 2 -1 ] } }
    Shape { geometry Box { size 2 4 6 } }
    Shape { geometry PointSet { coord USE C } }
  ]
}
Group { children [ USE S Shape { geometry Sphere { radius 2 } } ] }
ROUTE A.b TO C.d
`;

const VRML_1 = `#VRML V1.0 ascii
Separator {
  Info { string "made for tests" }
  ShapeHints { vertexOrdering COUNTERCLOCKWISE shapeType SOLID creaseAngle 0.5 }
  DEF T Transform { translation 1 2 3 rotation 0 1 0 0.5 scaleFactor 2 2 1 center 1 0 0 }
  MatrixTransform { matrix 1 0 0 0 0 1 0 0 0 0 1 0 5 0 0 1 }
  Material { diffuseColor [ 1 0 0, 0 1 0, 0 0 1 ] transparency [ 0, 0.5 ] shininess 0.4 }
  MaterialBinding { value PER_FACE_INDEXED }
  Texture2 { filename "wood.png" wrapS CLAMP }
  Texture2Transform { translation 0.5 0 rotation 1 scaleFactor 2 2 }
  TextureCoordinate2 { point [ 0 0, 1 0, 1 1, 0 1 ] }
  Normal { vector [ 0 0 1, 1 0 0 ] }
  NormalBinding { value PER_FACE }
  DEF C Coordinate3 { point [ ${CORNERS.map((corner) => corner.join(' ')).join(', ')} ] }
  DEF S IndexedFaceSet {
    coordIndex [ ${SIDES.map((side) => `${side.join(', ')}, -1`).join(', ')} ]
    materialIndex [ ${SIDES.map((_, index) => index % 3).join(', ')} ]
    textureCoordIndex [ ${SIDES.map(() => '0, 1, 2, 3, -1').join(', ')} ]
  }
  TransformSeparator { Translation { translation 0 9 0 } Cylinder { parts (SIDES | TOP) radius 2 height 3 } }
  Separator {
    Texture2 { image 2 2 3 0xFF0000 0x00FF00, 0x0000FF 0xFFFFFF }
    Rotation { rotation 1 0 0 0.7 } Scale { scaleFactor 1 2 1 }
    Switch { whichChild -3 Cube { width 1 height 2 depth 3 } USE S }
    LOD { range [ 5 ] Sphere { radius 2 } Cone { } }
  }
  IndexedLineSet { coordIndex [ 0, 1, 2, -1 ] }
  PointSet { startIndex 1 numPoints 2 }
  PerspectiveCamera { position 0 0 9 heightAngle 0.7 }
  SpotLight { location 0 5 0 direction 0 -1 0 cutOffAngle 0.5 }
  Odd { fields [ SFLong arms, MFNode parts ] arms 5 parts [ Cube { } ] }
  WWWInline { name "part.wrl" }
}
`;

export function x3dSeeds(): Seed[] {
  return [textSeed('model.x3d', X3D, [{ name: 'wood.png', bytes: PIXEL }])];
}

export function vrmlSeeds(): Seed[] {
  return [textSeed('model.wrl', VRML, [{ name: 'wood.png', bytes: PIXEL }])];
}

export function vrml1Seeds(): Seed[] {
  return [textSeed('model.wrl', VRML_1, [{ name: 'wood.png', bytes: PIXEL }])];
}

export const USDA = `#usda 1.0
(
    defaultPrim = "Root"
    metersPerUnit = 0.01
    upAxis = "Z"
    startTimeCode = 0
    endTimeCode = 24
    timeCodesPerSecond = 24
)
def Xform "Root"
{
    double3 xformOp:translate = (100, 0, 0)
    double3 xformOp:translate.timeSamples = { 0: (0, 0, 0), 24: (1, 0, 0) }
    uniform token[] xformOpOrder = ["xformOp:translate"]
    def Mesh "Cube" (
        prepend apiSchemas = ["MaterialBindingAPI"]
    )
    {
        int[] faceVertexCounts = [4, 4, 4, 4, 4, 4]
        int[] faceVertexIndices = [${SIDES.flat().join(', ')}]
        point3f[] points = [${CORNERS.map((corner) => `(${corner.join(', ')})`).join(', ')}]
        normal3f[] normals = [${SIDES.map(() => '(0, 0, 1)').join(', ')}] (
            interpolation = "uniform"
        )
        texCoord2f[] primvars:st = [${SIDES.map(() => '(0, 0), (1, 0), (1, 1), (0, 1)').join(', ')}] (
            interpolation = "faceVarying"
        )
        color3f[] primvars:displayColor = [(1, 0, 0)]
        uniform token subdivisionScheme = "none"
        rel material:binding = </Root/Paint>
        def GeomSubset "part"
        {
            uniform token elementType = "face"
            int[] indices = [0, 1]
            rel material:binding = </Root/Paint>
        }
    }
    def Material "Paint"
    {
        token outputs:surface.connect = </Root/Paint/Surface.outputs:surface>
        def Shader "Surface"
        {
            uniform token info:id = "UsdPreviewSurface"
            color3f inputs:diffuseColor.connect = </Root/Paint/Texture.outputs:rgb>
            float inputs:metallic = 0.5
            float inputs:roughness = 0.25
            token outputs:surface
        }
        def Shader "Texture"
        {
            uniform token info:id = "UsdUVTexture"
            asset inputs:file = @wood.png@
            token inputs:wrapS = "repeat"
            float3 outputs:rgb
        }
    }
}
`;

export function usdaSeeds(): Seed[] {
  const set = { name: 'parts/set.usda', bytes: new TextEncoder().encode(SET_USDA) };
  return [textSeed('model.usda', USDA), textSeed('stage.usda', STAGE_USDA, [set])];
}

export function ifcSeeds(): Seed[] {
  return [textSeed('model.ifc', SMALL_IFC)];
}

export function brepSeeds(): Seed[] {
  return [textSeed('model.brep', SQUARE_BREP)];
}

const TETRAHEDRON =
  '<mesh><vertices><vertex x="0" y="0" z="0"/><vertex x="1" y="0" z="0"/><vertex x="0" y="1" z="0"/><vertex x="0" y="0" z="1"/></vertices><triangles><triangle v1="0" v2="2" v3="1" pid="5" p1="1"/><triangle v1="0" v2="1" v3="3" pid="6" p1="0" p2="1" p3="2"/><triangle v1="1" v2="2" v3="3" pid="8" p1="0" p2="1" p3="2"/><triangle v1="2" v2="0" v3="3"/></triangles></mesh>';

/** The model part of a 3MF package with materials, colours, a texture, components and transforms. */
export const MODEL_3MF = `<?xml version="1.0"?><model unit="centimeter" xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02" xmlns:m="http://schemas.microsoft.com/3dmanufacturing/material/2015/02" xmlns:p="http://schemas.microsoft.com/3dmanufacturing/production/2015/06"><metadata name="Application">Test 1</metadata><resources><basematerials id="5"><base name="Red" displaycolor="#FF0000"/><base name="Glass" displaycolor="#80808080"/></basematerials><m:colorgroup id="6"><m:color color="#FF0000FF"/><m:color color="#00FF00"/><m:color color="#0000FF"/></m:colorgroup><m:texture2d id="7" path="/3D/Textures/wood.png" contenttype="image/png"/><m:texture2dgroup id="8" texid="7"><m:tex2coord u="0" v="0"/><m:tex2coord u="1" v="0"/><m:tex2coord u="1" v="1"/></m:texture2dgroup><m:multiproperties id="9" pids="5 6"><m:multi pindices="0 1"/></m:multiproperties><object id="1" name="Part" type="model" pid="5" pindex="0">${TETRAHEDRON}</object><object id="2" name="Pair"><components><component objectid="1"/><component objectid="1" transform="1 0 0 0 1 0 0 0 1 10 0 0"/></components></object></resources><build><item objectid="2" transform="2 0 0 0 2 0 0 0 2 0 0 5"/><item objectid="1"/></build></model>`;
