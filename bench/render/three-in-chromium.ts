import { readFile, writeFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlacedCamera } from '#engine/render/rendered-image.ts';
import { SOFTWARE_WEBGL, withPage } from '#test/page-in-chromium.ts';
import { environmentPanorama } from './environment-panorama.ts';

/** What the page is told. */
export interface ThreeScene {
  model: string;
  environment: string;
  width: number;
  height: number;
  camera: PlacedCamera;
  background: string;
  /** Frames rendered after the first, for the time of a warm frame. */
  frames: number;
}

const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const ENVIRONMENTS = fileURLToPath(new URL('../../engine/render/environments/', import.meta.url));

const PAGE = `<!doctype html><canvas id="c"></canvas>
<script type="importmap">{"imports":{"three":"/modules/three/build/three.module.js","three/addons/":"/modules/three/examples/jsm/"}}</script>
<script type="module">
import * as THREE from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { KTX2Loader } from 'three/addons/loaders/KTX2Loader.js';
import { DRACOLoader } from 'three/addons/loaders/DRACOLoader.js';
import { MeshoptDecoder } from 'three/addons/libs/meshopt_decoder.module.js';
const request = await (await fetch('/request.json')).json();
const renderer = new THREE.WebGLRenderer({ canvas: document.getElementById('c'), antialias: true, alpha: true, preserveDrawingBuffer: true });
renderer.setSize(request.width, request.height, false);
renderer.toneMapping = THREE.NeutralToneMapping;
const scene = new THREE.Scene();
if (request.background !== 'transparent') scene.background = new THREE.Color(request.background);
const loader = new GLTFLoader();
loader.setKTX2Loader(new KTX2Loader().setTranscoderPath('/modules/three/examples/jsm/libs/basis/').detectSupport(renderer));
loader.setMeshoptDecoder(MeshoptDecoder);
loader.setDRACOLoader(new DRACOLoader().setDecoderPath('/modules/three/examples/jsm/libs/draco/gltf/'));
const [gltf, light] = await Promise.all([loader.loadAsync('/model/' + request.model), (await fetch('/environment.bin')).arrayBuffer()]);
const map = new THREE.DataTexture(new Float32Array(light), 512, 256, THREE.RGBAFormat, THREE.FloatType);
map.mapping = THREE.EquirectangularReflectionMapping;
map.magFilter = map.minFilter = THREE.LinearFilter;
map.needsUpdate = true;
const pmrem = new THREE.PMREMGenerator(renderer);
scene.environment = pmrem.fromEquirectangular(map).texture;
scene.add(gltf.scene);
const { position, forward, up, fieldOfView } = request.camera;
const camera = new THREE.PerspectiveCamera(fieldOfView, request.width / request.height, 0.01, 1e5);
const distance = Math.hypot(...position) + 1;
camera.near = distance / 500; camera.far = distance * 20;
camera.position.set(...position); camera.up.set(...up);
camera.lookAt(position[0] + forward[0], position[1] + forward[1], position[2] + forward[2]);
camera.updateProjectionMatrix();
renderer.render(scene, camera);
window.picture = document.getElementById('c').toDataURL('image/png');
const gl = renderer.getContext();
const pixel = new Uint8Array(4);
window.frameSeconds = [];
for (let i = 0; i < request.frames; i++) {
  const start = performance.now();
  gltf.scene.rotation.y += 0.1;
  renderer.render(scene, camera);
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
  window.frameSeconds.push((performance.now() - start) / 1000);
}
window.done = true;
</script>`;

/**
 * Renders a model with three.js on WebGL in headless Chromium (SwiftShader), under a given camera and environment.
 * @returns the PNG and the seconds of the frames after the first
 */
export async function renderInChromium(scene: ThreeScene): Promise<{ png: Uint8Array; frameSeconds: number[] }> {
  const folder = normalize(join(scene.model, '..'));
  const name = scene.model.slice(folder.length + 1);
  // Rows from the bottom, as WebGL wants them.
  const panorama = environmentPanorama(await readFile(join(ENVIRONMENTS, `${scene.environment}.bin`)));
  const flipped = new Float32Array(panorama.length);
  for (let y = 0; y < 256; y++) flipped.set(panorama.subarray((255 - y) * 2048, (256 - y) * 2048), y * 2048);
  const files = {
    bodyOf: async (path: string) => {
      if (path === '/') return PAGE;
      if (path === '/request.json') return JSON.stringify({ ...scene, model: name });
      if (path === '/environment.bin') return new Uint8Array(flipped.buffer);
      if (path.startsWith('/modules/')) return readFile(join(MODULES, normalize(path.slice(9))));
      if (path.startsWith('/model/')) return readFile(join(folder, normalize(path.slice(7))));
      return undefined;
    },
    switches: SOFTWARE_WEBGL,
    onMessage: (text: string, isError: boolean) => {
      if (isError) console.error(text);
    },
  };
  return withPage(files, async (page) => {
    await page.waitForFunction('window.done', undefined, { timeout: 300_000 });
    const url = await page.evaluate<string>('window.picture');
    const frameSeconds = await page.evaluate<number[]>('window.frameSeconds');
    return { png: Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'), frameSeconds };
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [json, output] = process.argv.slice(2);
  if (!json || !output) throw new Error('three-in-chromium.ts SCENE.json OUT.png');
  const { png, frameSeconds } = await renderInChromium(JSON.parse(await readFile(json, 'utf8')));
  await writeFile(output, png);
  console.log(JSON.stringify({ frameSeconds }));
}
