import type { Group, Texture } from 'three';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { modelMalformed } from '../errors.ts';
import { extensionOf, type ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { unpackZip } from '../zip/unpack-zip.ts';

/** The key of the image bytes in the user data of a texture. */
export const IMAGE = 'maquetteImage';

/** The key of how the faces of a mesh are to be seen in its user data. */
export const FACING = 'maquetteFacing';

export interface UsdFacing {
  /** Corners in clockwise order from outside. */
  leftHanded: boolean;
  doubleSided: boolean;
  /** Whether the normals are the file's own. */
  hasNormals: boolean;
}

/** An image as it was found: its bytes, and the name it goes by. */
export interface UsdImage {
  bytes: Uint8Array;
  name: string;
}

export interface UsdScene {
  group: Group;
  /** What the reader warned about. */
  warnings: string[];
}

/** Parsed layers and images of a package by their paths. */
type Assets = Record<string, unknown>;

/**
 * Composes a USD stage with the readers of three.js: text and crate layers, packages with their references.
 * Textures keep their encoded images; nothing is decoded and nothing is fetched.
 *
 * @throws MaquetteError `model_malformed`, and those of unpacking an archive
 */
export async function readUsd(main: ModelFile, files: ResourceFiles, limits: ModelLimits): Promise<UsdScene> {
  const [{ USDAParser }, { CrateParser }, { USDComposer }, three] = await Promise.all([
    import('three/addons/loaders/usd/USDAParser.js'),
    import('./crate-parser.ts'),
    import('three/addons/loaders/usd/USDComposer.js'),
    import('three'),
  ]);
  const parseLayer = (bytes: Uint8Array): unknown =>
    isCrate(bytes)
      ? new CrateParser().parseData(new Uint8Array(bytes).buffer)
      : new USDAParser().parseData(new TextDecoder().decode(bytes));
  const warnings: string[] = [];
  // The readers speak through the console; they run without a pause, so that nobody else is overheard.
  const { warn, error } = console;
  const listen = (...parts: unknown[]): void => {
    if (warnings.length < 20) warnings.push(parts.map(String).join(' ').slice(0, 300));
  };
  console.warn = listen;
  console.error = listen;
  try {
    const assets: Assets = {};
    let root: unknown;
    let base = '';
    if (main.bytes[0] === 0x50 && main.bytes[1] === 0x4b) {
      for (const file of unpackZip(main, limits)) {
        const isLayer = ['usd', 'usda', 'usdc'].includes(extensionOf(file.name));
        assets[file.name] = isLayer ? parseLayer(file.bytes) : file.bytes;
        if (isLayer && root === undefined) {
          root = assets[file.name];
          base = file.name.includes('/') ? file.name.slice(0, file.name.lastIndexOf('/')) : '';
        }
      }
      if (root === undefined) throw modelMalformed(main.name, 'The USDZ package holds no USD layer.');
    } else root = parseLayer(main.bytes);
    const composer = new USDComposer(new three.LoadingManager());
    composer._createTextureFromData = (
      data: unknown,
      attributes: Record<string, unknown> | null,
      transform: unknown,
    ): Texture | null => {
      const image = findImage(data, assets, files, main);
      if (!image) return null;
      const texture = new three.Texture();
      texture.userData[IMAGE] = image;
      if (attributes) {
        texture.wrapS = composer._getWrapMode(attributes['inputs:wrapS']);
        texture.wrapT = composer._getWrapMode(attributes['inputs:wrapT']);
      }
      composer._applyTextureTransforms(texture, transform);
      return texture;
    };
    // What the composer does not look at.
    const buildMesh = composer._buildMesh.bind(composer);
    composer._buildMesh = (path, spec) => {
      const object = buildMesh(path, spec);
      const { orientation, doubleSided, normals } = composer._getAttributes(path);
      const hasNormals = normals !== undefined || composer._getAttributes(path)['primvars:normals'] !== undefined;
      const facing: UsdFacing = {
        leftHanded: orientation === 'leftHanded',
        // The text reader leaves a truth value as the word that stands there.
        doubleSided: [true, 1, '1', 'true'].includes(doubleSided as string),
        hasNormals,
      };
      if (object) object.userData[FACING] = facing;
      return object;
    };
    const applyMaterial = composer._applyMaterial.bind(composer);
    composer._applyMaterial = (material, path) => {
      applyMaterial(material, path);
      material.name = String(path)
        .slice(String(path).lastIndexOf('/') + 1)
        .replace('>', '');
    };
    return { group: composer.compose(root, assets, {}, base), warnings };
  } catch (cause) {
    if (cause instanceof MaquetteError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw modelMalformed(main.name, `The USD file cannot be read: ${reason.slice(0, 200)}.`, undefined, cause);
  } finally {
    console.warn = warn;
    console.error = error;
  }
}

/** The reader gives bytes of the package, or a path outside of it. */
function findImage(data: unknown, assets: Assets, files: ResourceFiles, main: ModelFile): UsdImage | null {
  if (data instanceof Uint8Array) {
    const name = Object.keys(assets).find((key) => assets[key] === data) ?? 'texture';
    return { bytes: data, name: name.slice(name.lastIndexOf('/') + 1) };
  }
  if (typeof data !== 'string') return null;
  const found = files.resolve(data, main.name, main.name);
  return found.kind === 'found' ? { bytes: found.file.bytes, name: data.slice(data.lastIndexOf('/') + 1) } : null;
}

function isCrate(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, 8)) === 'PXR-USDC';
}
