// Passes that depend on surfaces and not on light: depth, texture coordinates, coverage, normals, albedo, and which
// objects and materials cover a pixel by how much (the ranked ids of Cryptomatte: Friedman and Jones 2015).

import { bumped } from './bsdf/parameters';
import { cameraRay, pinholeRay, pixelDown, pixelRight, rayDirection, rayLength, rayOrigin, rayPlane, stepScale } from './camera';
import { wantedAt } from './image-buffers';
import { MAX_LAYERS, MIN_THROUGH, past } from './layers';
import {
  H_HEIGHT, H_INSTANCE_IDS, H_MATERIAL_IDS, H_MODEL_UNIT, H_OBJECT_COUNT, H_OBJECTS, H_PASS_ALBEDO, H_PASS_MATERIAL,
  H_PASS_NORMAL, H_PASS_OBJECT, H_PASS_SAMPLES, H_PASS_SURFACE, H_WIDTH, HEADER, ID_INDEX, ID_PASS_BYTES, ID_POROUS,
  ID_RANKS, M_FLAGS, M_NORMAL_SCALE, M_SPECULAR_COLOR, MF_SPECULAR_GLOSSINESS, SLOT_NORMAL, SLOT_SPECULAR_COLOR, TILE,
} from './layout';
import { point0, point1 } from './sampling';
import { stackOf } from './scratch';
import { baseColor, loadOpacity, opacity } from './shade';
import { loadSurface, material, materialIndex } from './surface';
import { coordinateU, coordinateV, hasTexture, sample } from './texture';
import { viewTile } from './tile-view';
import { toPictureSpace } from './tonemap';
import { closestFrom, hitId, hitInstance, hitT } from './traverse';
import { largest, madd, mul, normalizeOr, scale, vec3, X, Y, Z } from './vec';

// Ids met in a pixel with their coverage, kept in scratch memory behind the traversal stack: one list for objects and
// one for materials.
const LIST: usize = 8192;
const LIST_STRIDE: usize = 2048;
const MAX_ENTRIES: i32 = 256;
let objects: i32 = 0;
let materials: i32 = 0;

/** Adds coverage to an id of the list at `list`; returns the number of its entries. More than the list holds is lost. */
function cover(list: usize, count: i32, id: u32, share: f32): i32 {
  for (let i = 0; i < count; i++) {
    const entry = list + (<usize>i << 3);
    if (load<u32>(entry) != id) continue;
    store<f32>(entry, load<f32>(entry, 4) + share, 4);
    return count;
  }
  if (count == MAX_ENTRIES) return count;
  store<u32>(list + (<usize>count << 3), id);
  store<f32>(list + (<usize>count << 3), share, 4);
  return count + 1;
}

/** Writes the ids of most coverage; equal ones by the lower id, so that the order does not depend on that of rays. */
function writeRanks(to: usize, list: usize, count: i32, factor: f32): void {
  for (let rank = 0; rank < ID_RANKS; rank++) {
    const at = to + (<usize>rank << 2);
    let best: usize = 0;
    let most: f32 = 0;
    for (let i = 0; i < count; i++) {
      const entry = list + (<usize>i << 3);
      const share = load<f32>(entry, 4);
      if (share > most || (best != 0 && share == most && share > 0 && load<u32>(entry) < load<u32>(best))) {
        best = entry;
        most = share;
      }
    }
    store<u32>(at, best ? load<u32>(best) : 0);
    store<f32>(at, most * factor, ID_RANKS * 4);
    if (best) store<f32>(best, 0, 4);
  }
}

/** Id of the object that the last hit belongs to. */
function objectId(): u32 {
  const own = load<u32>(<usize>load<u32>(HEADER + H_INSTANCE_IDS) + (<usize>hitInstance << 2));
  if (own != 0) return own;
  const table = <usize>load<u32>(HEADER + H_OBJECTS), triangle = hitId & ID_INDEX;
  // The last object that begins at or before the triangle.
  let low = 0, high = load<i32>(HEADER + H_OBJECT_COUNT) - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (load<u32>(table + (<usize>middle << 3)) <= triangle) low = middle;
    else high = middle - 1;
  }
  return load<u32>(table + (<usize>low << 3), 4);
}

/** Colour of the loaded surface without light: base colour; for specular-glossiness diffuse and specular together. */
function albedo(): v128 {
  if (!(load<u32>(material, M_FLAGS) & MF_SPECULAR_GLOSSINESS)) return baseColor;
  let specular = vec3(
    load<f32>(material, M_SPECULAR_COLOR), load<f32>(material, M_SPECULAR_COLOR + 4), load<f32>(material, M_SPECULAR_COLOR + 8),
  );
  if (hasTexture(material, SLOT_SPECULAR_COLOR)) specular = mul(specular, sample(material, SLOT_SPECULAR_COLOR));
  return madd(specular, baseColor, <f32>1 - largest(specular));
}

/** Next surface along the camera's ray beyond `tMin`, loaded with its opacity; false when there is none. */
function nextSurface(stack: usize, tMin: f32, footprint: f32): bool {
  if (!closestFrom(
    viewRoot, stack, X(rayOrigin), Y(rayOrigin), Z(rayOrigin), X(rayDirection), Y(rayDirection), Z(rayDirection), tMin, 1e30,
  )) return false;
  const step = footprint * stepScale(hitT);
  loadSurface(rayOrigin, rayDirection, rayPlane, scale(pixelRight(), step), scale(pixelDown(), step), true);
  loadOpacity();
  return true;
}

/** Depth and texture coordinates of the first surface on the camera's ray that stops at least half of the light. */
function firstSurface(stack: usize): v128 {
  let tMin: f32 = 0, through: f32 = 1;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    if (!nextSurface(stack, tMin, 1)) break;
    through *= <f32>1 - opacity;
    if (through <= <f32>0.5) {
      return vec3(hitT / rayLength * load<f32>(HEADER + H_MODEL_UNIT), coordinateU(), coordinateV());
    }
    tMin = past(hitT);
  }
  return vec3(Infinity, 0, 0);
}

let normalSum: v128 = f32x4.splat(0);
let albedoSum: v128 = f32x4.splat(0);
let coverage: f32 = 0;

/** Adds all surfaces along the camera's ray by what each stops of the light. */
function addSurfaces(stack: usize, footprint: f32): void {
  let tMin: f32 = 0, through: f32 = 1;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    if (!nextSurface(stack, tMin, footprint)) return;
    const share = through * opacity;
    if (share > 0) {
      coverage += share;
      albedoSum = madd(albedoSum, albedo(), share);
      normalSum = madd(normalSum, bumped(SLOT_NORMAL, load<f32>(material, M_NORMAL_SCALE)), share);
      if (load<u32>(HEADER + H_PASS_OBJECT)) objects = cover(stack + LIST, objects, objectId(), share);
      if (load<u32>(HEADER + H_PASS_MATERIAL)) {
        const id = load<u32>(<usize>load<u32>(HEADER + H_MATERIAL_IDS) + (<usize>materialIndex << 2));
        materials = cover(stack + LIST + LIST_STRIDE, materials, id, share);
      }
    }
    through -= share;
    if (!(hitId & ID_POROUS) || through < MIN_THROUGH) return;
    tMin = past(hitT);
  }
}

/** Node at which the camera's rays of the tile begin. */
let viewRoot: u32 = 0;

/** Fills the passes of a tile. */
export function passesTile(x0: i32, y0: i32, thread: i32): void {
  const stack = stackOf(thread);
  const width = load<i32>(HEADER + H_WIDTH);
  const x1 = min(x0 + TILE, width), y1 = min(y0 + TILE, load<i32>(HEADER + H_HEIGHT));
  const samples = load<i32>(HEADER + H_PASS_SAMPLES);
  const footprint = <f32>1 / sqrt<f32>(<f32>samples), factor = <f32>1 / <f32>samples;
  viewRoot = viewTile(<f32>x0, <f32>y0, <f32>x1, <f32>y1, thread);
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const pixel = <usize>(y * width + x);
      pinholeRay(<f32>x + <f32>0.5, <f32>y + <f32>0.5);
      const surface = firstSurface(stack);
      objects = 0;
      materials = 0;
      coverage = 0;
      normalSum = f32x4.splat(0);
      albedoSum = f32x4.splat(0);
      for (let i = 0; i < samples; i++) {
        cameraRay(
          <f32>x + point0(i, 0x2545f491), <f32>y + point1(i, 0x2545f491), point0(i, 0x68bc21eb), point1(i, 0x68bc21eb),
        );
        addSurfaces(stack, footprint);
      }
      const share = coverage * factor;
      const toSurface = wantedAt(H_PASS_SURFACE, pixel, 16);
      if (toSurface) v128.store(toSurface, f32x4.replace_lane(surface, 3, share));
      const toNormal = wantedAt(H_PASS_NORMAL, pixel, 16);
      if (toNormal) v128.store(toNormal, f32x4.replace_lane(normalizeOr(normalSum, f32x4.splat(0)), 3, share));
      const toAlbedo = wantedAt(H_PASS_ALBEDO, pixel, 16);
      if (toAlbedo) v128.store(toAlbedo, f32x4.replace_lane(toPictureSpace(scale(albedoSum, factor)), 3, share));
      const toObject = wantedAt(H_PASS_OBJECT, pixel, ID_PASS_BYTES);
      if (toObject) writeRanks(toObject, stack + LIST, objects, factor);
      const toMaterial = wantedAt(H_PASS_MATERIAL, pixel, ID_PASS_BYTES);
      if (toMaterial) writeRanks(toMaterial, stack + LIST + LIST_STRIDE, materials, factor);
    }
  }
}
