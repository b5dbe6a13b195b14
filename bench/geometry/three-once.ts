import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BufferGeometry, Object3D } from 'three';

/**
 * Reads a model with three's loader of its format: `three-once.ts FILE [index] [--dom FOLDER]`. With `index`, what the
 * loader leaves unshared is given shared corners and smooth normals, with three's own functions.
 */
const [path, ...options] = process.argv.slice(2) as [string, ...string[]];
const dom = options.indexOf('--dom');
if (dom >= 0) {
  const { DOMParser } = await import(pathToFileURL(`${options[dom + 1]}/esm/index.js`).href);
  Object.assign(globalThis, { DOMParser });
}
const load = await loader(extname(path));
const indexed = options.includes('index') && (await import('three/examples/jsm/utils/BufferGeometryUtils.js'));
const start = performance.now();
const bytes = readFileSync(path);
let model = load(bytes);
if (indexed && 'attributes' in model) {
  model.deleteAttribute('normal');
  model = indexed.mergeVertices(model);
  model.computeVertexNormals();
}
const seconds = (performance.now() - start) / 1000;
if (countOf(model) === 0) throw new Error('nothing was read');
Object.assign(globalThis, { measured: { readSeconds: seconds } });

/** The buffer of a file, which is copied only where it is part of a larger one. */
function bufferOf({ buffer, byteOffset, byteLength }: Buffer): ArrayBuffer {
  const whole = buffer as ArrayBuffer;
  return byteLength === whole.byteLength ? whole : whole.slice(byteOffset, byteOffset + byteLength);
}

async function loader(ending: string): Promise<(bytes: Buffer) => BufferGeometry | Object3D> {
  switch (ending) {
    case '.obj': {
      const { OBJLoader } = await import('three/examples/jsm/loaders/OBJLoader.js');
      return (bytes) => new OBJLoader().parse(new TextDecoder().decode(bytes));
    }
    case '.stl': {
      const { STLLoader } = await import('three/examples/jsm/loaders/STLLoader.js');
      return (bytes) => new STLLoader().parse(bufferOf(bytes));
    }
    case '.ply': {
      const { PLYLoader } = await import('three/examples/jsm/loaders/PLYLoader.js');
      return (bytes) => new PLYLoader().parse(bufferOf(bytes));
    }
    case '.3mf': {
      const { ThreeMFLoader } = await import('three/examples/jsm/loaders/3MFLoader.js');
      return (bytes) => new ThreeMFLoader().parse(bufferOf(bytes));
    }
    default:
      throw new Error(`${basename(path)}: no loader`);
  }
}

function countOf(model: BufferGeometry | Object3D): number {
  if ('attributes' in model) return model.getAttribute('position').count;
  let count = 0;
  model.traverse((object) => {
    if ('geometry' in object) count += (object.geometry as BufferGeometry).getAttribute('position').count;
  });
  return count;
}
