import type { Group, Texture } from 'three';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { toUtf8 } from '../decode-text.ts';
import { modelMalformed } from '../errors.ts';
import { baseName, extensionOf, type ModelFile } from '../model-file.ts';
import { ResourceFiles } from '../resource-files.ts';
import { unpackZip } from '../zip/unpack-zip.ts';
import { checkUsdaText } from './check-usda-text.ts';
import { createCrateParser } from './crate-parser.ts';
import { type BlendWeights, createStageComposer, type StageContext } from './stage-composer.ts';

/** The key of the image bytes in the user data of a texture. */
export const IMAGE = 'maquetteImage';

/** An image as it was found: its bytes, and the name it goes by. */
export interface UsdImage {
  bytes: Uint8Array;
  name: string;
}

export interface UsdScene {
  group: Group;
  /** What the reader warned about. */
  warnings: string[];
  /** Kinds of prims that have a shape and are not read, with their paths. */
  unread: string[];
  /** References to layers and prims that are not there. */
  missing: string[];
  weights: BlendWeights[];
}

const LAYERS = ['usd', 'usda', 'usdc'];

/**
 * Composes a USD stage with the readers of three.js: text and crate layers, packages, and references to layers in the
 * package or among the files. Textures keep their encoded images; nothing is decoded and nothing is fetched.
 *
 * @throws MaquetteError `model_malformed`, `model_too_large`, and those of unpacking an archive
 */
export async function readUsd(main: ModelFile, files: ResourceFiles, limits: ModelLimits): Promise<UsdScene> {
  const [{ USDAParser }, { USDCParser }, { USDComposer }, three] = await Promise.all([
    import('three/addons/loaders/usd/USDAParser.js'),
    import('three/addons/loaders/usd/USDCParser.js'),
    import('three/addons/loaders/usd/USDComposer.js'),
    import('three'),
  ]);
  type Layer = ReturnType<InstanceType<typeof USDAParser>['parseData']>;
  const parsed = new Map<Uint8Array, Layer>();
  const parseText = (bytes: Uint8Array): Layer => {
    const text = plainText(new TextDecoder().decode(toUtf8(bytes)));
    checkUsdaText(text, main.name);
    return new USDAParser().parseData(text);
  };
  const parseLayer = (bytes: Uint8Array): Layer => {
    const known = parsed.get(bytes);
    if (known) return known;
    const layer = isCrate(bytes)
      ? createCrateParser(USDCParser, limits, main.name).parseData(new Uint8Array(bytes).buffer)
      : parseText(bytes);
    parsed.set(bytes, layer);
    return layer;
  };
  const warnings: string[] = [];
  // The readers speak through the console; they run without a pause, so that nobody else is overheard.
  const { warn, error } = console;
  const listen = (...parts: unknown[]): void => {
    if (warnings.length < 20) warnings.push(parts.map(String).join(' ').slice(0, 300));
  };
  console.warn = listen;
  console.error = listen;
  try {
    const { root, resources } = openPackage(main, files, limits);
    const context: StageContext = {
      manager: new three.LoadingManager(),
      limits,
      name: main.name,
      findLayer(reference, from) {
        const found = resources.resolve(reference, from, main.name);
        if (found.kind !== 'found' || !LAYERS.includes(extensionOf(found.file.name))) return null;
        return { layer: parseLayer(found.file.bytes), path: found.file.name };
      },
      createTexture(reference, from): Texture | null {
        const found = resources.resolve(reference, from, main.name);
        if (found.kind !== 'found') {
          context.missing.push(reference);
          return null;
        }
        const texture = new three.Texture();
        const image: UsdImage = { bytes: found.file.bytes, name: baseName(found.file.name) };
        texture.userData[IMAGE] = image;
        return texture;
      },
      weights: [],
      clips: [],
      unread: [],
      missing: [],
      nodes: 0,
      level: 0,
      triangles: 0,
      compared: 0,
    };
    const compose = createStageComposer(USDComposer, three, context);
    const group = compose(parseLayer(root.bytes), root.name);
    group.animations.push(...context.clips);
    const { unread, missing, weights } = context;
    return { group, warnings, unread, missing, weights };
  } catch (cause) {
    if (cause instanceof MaquetteError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw modelMalformed(main.name, `The USD file cannot be read: ${reason.slice(0, 200)}.`, undefined, cause);
  } finally {
    console.warn = warn;
    console.error = error;
  }
}

/** The layer to begin with, and everything that it may refer to. */
function openPackage(
  main: ModelFile,
  files: ResourceFiles,
  limits: ModelLimits,
): { root: ModelFile; resources: ResourceFiles } {
  if (main.bytes[0] !== 0x50 || main.bytes[1] !== 0x4b)
    return { root: main, resources: new ResourceFiles([main, ...files.files]) };
  const unpacked = unpackZip(main, limits);
  // The first layer of a package is its root (USDZ specification 1.3).
  const root = unpacked.find((file) => LAYERS.includes(extensionOf(file.name)));
  if (!root) throw modelMalformed(main.name, 'The USDZ package holds no USD layer.');
  return { root, resources: new ResourceFiles([...unpacked, ...files.files]) };
}

/**
 * Writes statements in the one spelling that the text parser knows: list operations on references and payloads, and
 * attributes that are marked as custom.
 */
function plainText(text: string): string {
  return text
    .replace(/^([ \t]*)(?:append |add |prepend )?references[ \t]*=/gm, '$1prepend references =')
    .replace(/^([ \t]*)(?:append |add |prepend )payload[ \t]*=/gm, '$1payload =')
    .replace(/^([ \t]*)(?:append |add |prepend |custom )+(?=rel |uniform |[a-z][0-9a-z]*(?:\[\])? [\w:]+)/gm, '$1');
}

function isCrate(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, 8)) === 'PXR-USDC';
}
