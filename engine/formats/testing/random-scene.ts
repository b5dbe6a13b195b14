import { Document, type Material, type Node, type vec3, type vec4 } from '@gltf-transform/core';
import fc from 'fast-check';

/** A scene of boxes to be built: small enough to be shrunk, with everything that a round trip has to keep. */
export interface SceneRecipe {
  boxes: {
    /** Number of the box that it hangs from; itself or a later one: the scene. */
    parent: number;
    translation: vec3;
    /** Direction and angle of the rotation. */
    axis: vec3;
    angle: number;
    scale: vec3;
    size: vec3;
    material: number;
    /** What moves it in the clip. */
    moves: ('translation' | 'rotation' | 'scale')[];
    /** Whether its mesh is that of the first box. */
    shared: boolean;
  }[];
  materials: { color: vec4; metallic: number; roughness: number; emissive: vec3; doubleSided: boolean }[];
  keys: { interpolation: 'LINEAR' | 'STEP'; count: number };
}

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map((value) => Math.fround(value));
const vector = (min: number, max: number) => fc.tuple(number(min, max), number(min, max), number(min, max));

/** Recipes of scenes. */
export const sceneRecipes: fc.Arbitrary<SceneRecipe> = fc.record({
  boxes: fc.array(
    fc.record({
      parent: fc.nat(7),
      translation: vector(-5, 5),
      axis: vector(-1, 1),
      angle: number(-3, 3),
      scale: vector(0.25, 2),
      size: vector(0.125, 2),
      material: fc.nat(3),
      moves: fc.subarray<'translation' | 'rotation' | 'scale'>(['translation', 'rotation', 'scale']),
      shared: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  materials: fc.array(
    fc.record({
      color: fc.tuple(number(0, 1), number(0, 1), number(0, 1), fc.constant(1)),
      metallic: number(0, 1),
      roughness: number(0.25, 1),
      emissive: vector(0, 1),
      doubleSided: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  keys: fc.record({
    interpolation: fc.constantFrom('LINEAR' as const, 'STEP' as const),
    count: fc.integer({ min: 2, max: 4 }),
  }),
});

/** Builds the scene: one node a box, one clip of one key every half second. */
export function buildScene(recipe: SceneRecipe): Document {
  const document = new Document();
  const buffer = document.createBuffer();
  const scene = document.createScene('Scene');
  document.getRoot().setDefaultScene(scene);
  const materials = recipe.materials.map(({ color, metallic, roughness, emissive, doubleSided }, i) =>
    document
      .createMaterial(`Paint${i}`)
      .setBaseColorFactor(color)
      .setMetallicFactor(metallic)
      .setRoughnessFactor(roughness)
      .setEmissiveFactor(emissive)
      .setDoubleSided(doubleSided),
  );
  const nodes: Node[] = [];
  for (const [i, box] of recipe.boxes.entries()) {
    const node = document.createNode(`Box ${i}`).setTranslation(box.translation).setScale(box.scale);
    node.setRotation(rotation(box.axis, box.angle));
    const first = nodes[0]?.getMesh();
    node.setMesh(
      box.shared && first
        ? first
        : boxMesh(document, `Shape ${i}`, box.size, materials[box.material % materials.length]!),
    );
    const parent = box.parent < i ? nodes[box.parent] : undefined;
    if (parent) parent.addChild(node);
    else scene.addChild(node);
    nodes.push(node);
  }
  const animation = document.createAnimation('Clip');
  const times = Float32Array.from({ length: recipe.keys.count }, (_, key) => key / 2);
  for (const [i, { moves, axis, angle, translation, scale }] of recipe.boxes.entries()) {
    for (const path of moves) {
      const values = Array.from(times).flatMap((time): number[] => {
        if (path === 'rotation') return rotation(axis, angle * (1 + time));
        return path === 'scale' ? scale.map((value) => value * (1 + time)) : translation.map((value) => value + time);
      });
      const input = document.createAccessor().setType('SCALAR').setArray(times.slice()).setBuffer(buffer);
      const output = document
        .createAccessor()
        .setType(path === 'rotation' ? 'VEC4' : 'VEC3')
        .setArray(Float32Array.from(values))
        .setBuffer(buffer);
      const sampler = document
        .createAnimationSampler()
        .setInput(input)
        .setOutput(output)
        .setInterpolation(recipe.keys.interpolation);
      const channel = document
        .createAnimationChannel()
        .setTargetNode(nodes[i]!)
        .setTargetPath(path)
        .setSampler(sampler);
      animation.addSampler(sampler).addChannel(channel);
    }
  }
  if (animation.listChannels().length === 0) animation.dispose();
  return document;
}

function rotation(axis: vec3, angle: number): vec4 {
  const length = Math.hypot(...axis);
  if (length < 1e-3) return [0, 0, 0, 1];
  const s = Math.sin(angle / 2) / length;
  return [axis[0] * s, axis[1] * s, axis[2] * s, Math.cos(angle / 2)];
}

function boxMesh(document: Document, name: string, size: vec3, material: Material) {
  const buffer = document.getRoot().listBuffers()[0]!;
  const positions: number[] = [];
  const normals: number[] = [];
  const coordinates: number[] = [];
  const indices: number[] = [];
  for (let axis = 0; axis < 3; axis++) {
    for (const sign of [-1, 1]) {
      const [u, v] = sign > 0 ? [(axis + 1) % 3, (axis + 2) % 3] : [(axis + 2) % 3, (axis + 1) % 3];
      const start = positions.length / 3;
      for (const [a, b] of [
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1],
      ] as const) {
        const point = [0, 0, 0];
        const normal = [0, 0, 0];
        point[axis] = (sign * size[axis]!) / 2;
        point[u!] = (a * size[u!]!) / 2;
        point[v!] = (b * size[v!]!) / 2;
        normal[axis] = sign;
        positions.push(...point);
        normals.push(...normal);
        coordinates.push((a + 1) / 2, (b + 1) / 4);
      }
      indices.push(start, start + 1, start + 2, start, start + 2, start + 3);
    }
  }
  const attribute = (type: 'VEC2' | 'VEC3', values: number[]) =>
    document.createAccessor().setType(type).setArray(Float32Array.from(values)).setBuffer(buffer);
  const primitive = document
    .createPrimitive()
    .setAttribute('POSITION', attribute('VEC3', positions))
    .setAttribute('NORMAL', attribute('VEC3', normals))
    .setAttribute('TEXCOORD_0', attribute('VEC2', coordinates))
    .setIndices(document.createAccessor().setType('SCALAR').setArray(Uint16Array.from(indices)).setBuffer(buffer))
    .setMaterial(material);
  return document.createMesh(name).addPrimitive(primitive);
}
