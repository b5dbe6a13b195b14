import type { Group, Texture } from 'three';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { toUtf8 } from '../decode-text.ts';
import { modelMalformed } from '../errors.ts';
import { baseName, extensionOf, type ModelFile } from '../model-file.ts';
import { ResourceFiles } from '../resource-files.ts';
import { unpackZip } from '../zip/unpack-zip.ts';
import { checkUsdaText } from './check-usda-text.ts';
import { composeStage } from './compose-stage.ts';
import { createCrateParser } from './crate-parser.ts';
import { inferElementSizes } from './element-sizes.ts';
import { type FindLayer, flattenLayers } from './layer-stack.ts';
import { type BlendWeights, createStageComposer, type StageContext } from './stage-composer.ts';
import { parseUsda, type UsdLayerSpecs } from './text/parse-usda.ts';

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
 * Composes a USD stage with the composer and the crate reader of three.js: text and crate layers, packages, sublayers,
 * and references to layers in the package or among the files. Textures keep their encoded images; nothing is decoded and
 * nothing is fetched.
 *
 * @throws MaquetteError `model_malformed`, `model_too_large`, and those of unpacking an archive
 */
export async function readUsd(main: ModelFile, files: ResourceFiles, limits: ModelLimits): Promise<UsdScene> {
  const [{ USDCParser }, { USDComposer }, three] = await Promise.all([
    import('three/addons/loaders/usd/USDCParser.js'),
    import('three/addons/loaders/usd/USDComposer.js'),
    import('three'),
  ]);
  const parsed = new Map<Uint8Array, UsdLayerSpecs>();
  const parseText = (bytes: Uint8Array): UsdLayerSpecs => {
    const text = new TextDecoder().decode(toUtf8(bytes));
    checkUsdaText(text, main.name);
    return parseUsda(text, main.name);
  };
  const parseLayer = (bytes: Uint8Array): UsdLayerSpecs => {
    const known = parsed.get(bytes);
    if (known) return known;
    const layer = isCrate(bytes)
      ? createCrateParser(USDCParser, limits, main.name).parseData(new Uint8Array(bytes).buffer)
      : parseText(bytes);
    inferElementSizes(layer);
    parsed.set(bytes, layer);
    return layer;
  };
  const flattened = new Map<UsdLayerSpecs, UsdLayerSpecs>();
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
    const missing: string[] = [];
    const findOne: FindLayer = (reference, from) => {
      const found = resources.resolve(reference, from, main.name);
      if (found.kind !== 'found' || !LAYERS.includes(extensionOf(found.file.name))) return null;
      return { layer: parseLayer(found.file.bytes), path: found.file.name };
    };
    const flatten = (layer: UsdLayerSpecs, path: string): UsdLayerSpecs => {
      const known = flattened.get(layer) ?? flattenLayers(layer, path, findOne, missing);
      flattened.set(layer, known);
      return known;
    };
    const find: FindLayer = (reference, from) => {
      const found = findOne(reference, from);
      return found && { layer: flatten(found.layer, found.path), path: found.path };
    };
    const context: StageContext = {
      manager: new three.LoadingManager(),
      limits,
      name: main.name,
      createTexture(reference): Texture | null {
        const found = resources.resolve(reference, root.name, main.name);
        if (found.kind !== 'found') {
          missing.push(reference);
          return null;
        }
        const texture = new three.Texture();
        const image: UsdImage = { bytes: found.file.bytes, name: baseName(found.file.name) };
        texture.userData[IMAGE] = image;
        return texture;
      },
      weights: [],
      unread: [],
      nodes: 0,
      triangles: 0,
      compared: 0,
    };
    const compose = createStageComposer(USDComposer, three, context);
    const layer = flatten(parseLayer(root.bytes), root.name);
    const group = compose(composeStage(layer, root.name, { name: main.name, limits, find, missing }));
    const { unread, weights } = context;
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

function isCrate(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, 8)) === 'PXR-USDC';
}
