import type { Document, Material, Mesh } from '@gltf-transform/core';
import type { AnimationReport, MaterialReport, ModelReport } from '#contracts/model/model-report.ts';
import { measureDrawn } from '../render/scene-size.ts';
import { countDrawn, noDraws, storedVertices } from './count-drawn.ts';
import { measureBounds } from './measure-bounds.ts';
import { measureTextures } from './measure-textures.ts';
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
