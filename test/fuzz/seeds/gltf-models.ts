import { Document } from '@gltf-transform/core';
import { KHRLightsPunctual, KHRMaterialsClearcoat, KHRTextureTransform } from '@gltf-transform/extensions';
import { writeGlb, writeGltf } from '#engine/formats/gltf/write-glb.ts';
import { binarySeed, PIXEL, type Seed } from './seed.ts';

/** A skinned, morphed, animated and textured sheet, drawn twice, and points beside it. */
function richDocument(): Document {
  const document = new Document();
  const buffer = document.createBuffer();
  const floats = (type: 'SCALAR' | 'VEC2' | 'VEC3' | 'VEC4' | 'MAT4', values: number[]) =>
    document.createAccessor().setType(type).setArray(Float32Array.from(values)).setBuffer(buffer);
  const indices = document
    .createAccessor()
    .setType('SCALAR')
    .setArray(Uint16Array.of(0, 1, 2, 0, 2, 3))
    .setBuffer(buffer);
  const joints = document
    .createAccessor()
    .setType('VEC4')
    .setArray(Uint8Array.of(0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0))
    .setBuffer(buffer);
  const texture = document.createTexture('wood').setImage(PIXEL).setMimeType('image/png').setURI('wood.png');
  const clearcoat = document.createExtension(KHRMaterialsClearcoat).createClearcoat().setClearcoatFactor(0.5);
  const material = document
    .createMaterial('Paint')
    .setBaseColorTexture(texture)
    .setNormalTexture(texture)
    .setAlphaMode('BLEND')
    .setExtension('KHR_materials_clearcoat', clearcoat);
  material
    .getBaseColorTextureInfo()!
    .setExtension(
      'KHR_texture_transform',
      document.createExtension(KHRTextureTransform).createTransform().setScale([2, 2]),
    );
  const sheet = document
    .createPrimitive()
    .setAttribute('POSITION', floats('VEC3', [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0]))
    .setAttribute('NORMAL', floats('VEC3', [0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1]))
    .setAttribute('TANGENT', floats('VEC4', [1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1]))
    .setAttribute('TEXCOORD_0', floats('VEC2', [0, 0, 1, 0, 1, 1, 0, 1]))
    .setAttribute('COLOR_0', floats('VEC4', [1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1, 1, 1, 1, 1]))
    .setAttribute('JOINTS_0', joints)
    .setAttribute('WEIGHTS_0', floats('VEC4', [1, 0, 0, 0, 1, 0, 0, 0, 0.5, 0.5, 0, 0, 0.5, 0.5, 0, 0]))
    .setIndices(indices)
    .setMaterial(material)
    .addTarget(
      document
        .createPrimitiveTarget('up')
        .setAttribute('POSITION', floats('VEC3', [0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1])),
    );
  const points = document
    .createPrimitive()
    .setMode(0)
    .setAttribute('POSITION', floats('VEC3', [0, 0, 0, 1, 1, 1]));
  const bones = ['a', 'b'].map((name) => document.createNode(name));
  bones[0]!.addChild(bones[1]!.setTranslation([0, 1, 0]));
  const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const skin = document
    .createSkin('rig')
    .addJoint(bones[0]!)
    .addJoint(bones[1]!)
    .setInverseBindMatrices(floats('MAT4', [...identity, ...identity]));
  const mesh = document.createMesh('sheet').addPrimitive(sheet).setWeights([0.25]);
  const body = document.createNode('body').setMesh(mesh).setSkin(skin);
  const light = document.createExtension(KHRLightsPunctual).createLight('sun').setType('directional');
  const scene = document
    .createScene('all')
    .addChild(bones[0]!)
    .addChild(body)
    .addChild(document.createNode('twin').setMesh(mesh).setScale([-1, 1, 1]))
    .addChild(document.createNode('cloud').setMesh(document.createMesh('points').addPrimitive(points)))
    .addChild(document.createNode('lamp').setExtension('KHR_lights_punctual', light))
    .addChild(document.createNode('eye').setCamera(document.createCamera('eye')));
  document.getRoot().setDefaultScene(scene);
  const times = floats('SCALAR', [0, 0.5, 1]);
  const animation = document.createAnimation('wave');
  for (const [node, path, output, interpolation] of [
    [bones[1]!, 'rotation', floats('VEC4', [0, 0, 0, 1, 0, 0, Math.SQRT1_2, Math.SQRT1_2, 0, 0, 0, 1]), 'LINEAR'],
    [
      body,
      'translation',
      floats(
        'VEC3',
        Array.from({ length: 27 }, (_, i) => i % 2),
      ),
      'CUBICSPLINE',
    ],
    [body, 'weights', floats('SCALAR', [0, 1, 0]), 'STEP'],
  ] as const) {
    const sampler = document.createAnimationSampler().setInput(times).setOutput(output).setInterpolation(interpolation);
    animation
      .addSampler(sampler)
      .addChannel(document.createAnimationChannel().setTargetNode(node).setTargetPath(path).setSampler(sampler));
  }
  return document;
}

/** The model as JSON with its buffer and texture beside it. */
export async function gltfSeeds(): Promise<Seed[]> {
  const { json, resources } = await writeGltf(richDocument(), 'model');
  const others = Object.entries(resources).map(([name, bytes]) => ({ name, bytes }));
  return [binarySeed('model.gltf', new TextEncoder().encode(JSON.stringify(json)), others)];
}

export async function glbSeeds(): Promise<Seed[]> {
  return [binarySeed('model.glb', await writeGlb(richDocument()))];
}
