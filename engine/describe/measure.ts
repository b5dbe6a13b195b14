import type { Accessor, Document, Material, Mesh, Node, Scene } from '@gltf-transform/core';
import type { InstancedMesh } from '@gltf-transform/extensions';
import type { AnimationReport, MaterialReport, ModelReport } from '#contracts/model/model-report.ts';
import { isSplats } from '../formats/splat/splat-primitive.ts';
import { measureDrawn } from '../render/scene-size.ts';
import { isHidden } from './is-hidden.ts';
import { measureBounds } from './measure-bounds.ts';
import { measureTextures } from './measure-textures.ts';
import { elementCounts } from './triangle-indices.ts';
import { isWatertight } from './watertight.ts';

/** What measuring cannot see in the document. */
export interface SourceFacts
  extends Pick<
    ModelReport,
    | 'format'
    | 'generator'
    | 'sourcePolygons'
    | 'fileBytes'
    | 'glbBytes'
    | 'corrections'
    | 'validation'
    | 'checks'
    | 'extensionsUsed'
  > {
  /** Which meshes are known to be watertight or not. */
  watertight?: ReadonlyMap<Mesh, boolean | null>;
}

/**
 * Measures a normalised document. Triangles, points, lines and draw calls are those of the default scene as drawn;
 * everything else counts what the document stores.
 */
export function measure(document: Document, facts: SourceFacts): ModelReport {
  const root = document.getRoot();
  const scene = root.getDefaultScene();
  const drawn = scene ? countDrawn(scene) : noDraws();
  const textures = measureTextures(document);
  return {
    format: facts.format,
    generator: facts.generator,
    triangles: drawn.triangles,
    vertices: storedVertices(document),
    points: drawn.points,
    lines: drawn.lines,
    splats: drawn.splats,
    sourcePolygons: facts.sourcePolygons ?? null,
    drawCalls: drawn.drawCalls,
    nodes: root.listNodes().length,
    meshes: root.listMeshes().length,
    drawn: measureDrawn(document),
    bounds: scene ? measureBounds(scene) : null,
    watertight: watertight(drawn.meshes, facts.watertight),
    materials: root.listMaterials().map((material) => measureMaterial(material, drawn.materials.get(material) ?? 0)),
    textures,
    textureGpuBytes: textures.reduce((sum, texture) => sum + texture.gpuBytes, 0),
    animations: measureAnimations(document),
    skins: root.listSkins().map((skin) => ({ name: skin.getName(), joints: skin.listJoints().length })),
    morphTargets: root
      .listMeshes()
      .reduce((sum, mesh) => sum + (mesh.listPrimitives()[0]?.listTargets().length ?? 0), 0),
    cameras: root.listCameras().length,
    lights: extensionProperties(document, 'KHR_lights_punctual', 'Light').length,
    variants: extensionProperties(document, 'KHR_materials_variants', 'Variant'),
    extensionsUsed: facts.extensionsUsed,
    fileBytes: facts.fileBytes,
    glbBytes: facts.glbBytes,
    corrections: facts.corrections,
    validation: facts.validation,
    checks: facts.checks,
  };
}

/** What drawing a scene takes; instances count as often as they are drawn. */
export interface Drawn {
  triangles: number;
  lines: number;
  points: number;
  splats: number;
  drawCalls: number;
  meshes: Set<Mesh>;
  /** Triangles by material. */
  materials: Map<Material, number>;
}

function noDraws(): Drawn {
  return { triangles: 0, lines: 0, points: 0, splats: 0, drawCalls: 0, meshes: new Set(), materials: new Map() };
}

/** What drawing a scene takes. */
export function countDrawn(scene: Scene): Drawn {
  const drawn = noDraws();
  const open: Node[] = [...scene.listChildren()];
  for (let node = open.pop(); node; node = open.pop()) {
    if (isHidden(node)) continue;
    open.push(...node.listChildren());
    const mesh = node.getMesh();
    if (!mesh) continue;
    drawn.meshes.add(mesh);
    const instanced = node.getExtension<InstancedMesh>('EXT_mesh_gpu_instancing');
    const instances = instanced ? (instanced.listAttributes()[0]?.getCount() ?? 0) : 1;
    for (const primitive of mesh.listPrimitives()) {
      const counts = elementCounts(primitive);
      drawn.drawCalls++;
      drawn.triangles += counts.triangles * instances;
      drawn.lines += counts.lines * instances;
      if (isSplats(primitive)) drawn.splats += counts.points * instances;
      else drawn.points += counts.points * instances;
      const material = primitive.getMaterial();
      if (material) drawn.materials.set(material, (drawn.materials.get(material) ?? 0) + counts.triangles * instances);
    }
  }
  return drawn;
}

/** Vertices that the document stores; shared ones count once. */
export function storedVertices(document: Document): number {
  const positions = new Set<Accessor>();
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      const position = primitive.getAttribute('POSITION');
      if (position) positions.add(position);
    }
  }
  let sum = 0;
  for (const position of positions) sum += position.getCount();
  return sum;
}

function watertight(meshes: Iterable<Mesh>, known: SourceFacts['watertight']): boolean | null {
  let result: boolean | null = null;
  for (const mesh of meshes) {
    const closed = known?.get(mesh) ?? isWatertight(mesh);
    if (closed === false) return false;
    if (closed === true) result = true;
  }
  return result;
}

function measureMaterial(material: Material, triangles: number): MaterialReport {
  return {
    name: material.getName(),
    alphaMode: material.getAlphaMode(),
    doubleSided: material.getDoubleSided(),
    extensions: material
      .listExtensions()
      .map((extension) => extension.extensionName)
      .sort(),
    triangles,
  };
}

/** The clips of a document, in order. */
export function measureAnimations(document: Document): AnimationReport[] {
  return document
    .getRoot()
    .listAnimations()
    .map((animation) => {
      let seconds = 0;
      for (const sampler of animation.listSamplers()) {
        const times = sampler.getInput()?.getArray();
        if (times && times.length > 0) seconds = Math.max(seconds, times[times.length - 1]!);
      }
      return { name: animation.getName(), seconds, channels: animation.listChannels().length };
    });
}

function extensionProperties(document: Document, extension: string, type: string): string[] {
  const found = document
    .getRoot()
    .listExtensionsUsed()
    .find((item) => item.extensionName === extension);
  return (found?.listProperties() ?? [])
    .filter((property) => property.propertyType === type)
    .map((property) => property.getName());
}
