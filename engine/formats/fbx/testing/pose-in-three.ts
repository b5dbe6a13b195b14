import { AnimationMixer, type Mesh, type Object3D, type SkinnedMesh, Vector3 } from 'three';

/**
 * Reads an FBX file with three.js, which needs no picture for it, and gives a function that says where every vertex is
 * at a time of a clip, in the units of the file; three numbers each.
 */
export async function poseInThree(bytes: Uint8Array): Promise<(clip: string | null, time: number) => number[]> {
  const { FBXLoader } = await import('three/addons/loaders/FBXLoader.js');
  const group = withoutPictures(() => new FBXLoader().parse(new Uint8Array(bytes).buffer, ''));
  const mixer = new AnimationMixer(group);
  return (name, time) => {
    mixer.stopAllAction();
    const clip = group.animations.find((animation) => animation.name === name);
    if (name !== null && !clip) throw new Error(`three.js has no clip "${name}".`);
    if (clip) {
      mixer.clipAction(clip).play();
      mixer.setTime(time);
    }
    group.updateMatrixWorld(true);
    const out: number[] = [];
    const point = new Vector3();
    group.traverse((object) => {
      if (!isMesh(object)) return;
      (object as SkinnedMesh).skeleton?.update();
      for (let i = 0; i < object.geometry.attributes.position!.count; i++)
        out.push(...object.getVertexPosition(i, point).applyMatrix4(object.matrixWorld));
    });
    return out;
  };
}

function isMesh(object: Object3D): object is Mesh {
  return 'isMesh' in object && object.isMesh === true;
}

/** Runs while elements of a page can be made that never load, and nothing is said of what three.js does not know. */
function withoutPictures<T>(work: () => T): T {
  const scope = globalThis as { document?: unknown; window?: unknown };
  const before = { document: scope.document, window: scope.window };
  const { warn } = console;
  scope.window = globalThis;
  scope.document = { createElementNS: () => ({ addEventListener: () => {}, removeEventListener: () => {} }) };
  console.warn = () => {};
  try {
    return work();
  } finally {
    scope.document = before.document;
    scope.window = before.window;
    console.warn = warn;
  }
}
