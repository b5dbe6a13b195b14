import type { Document, Material } from '@gltf-transform/core';
import type { ExportWarning } from '#contracts/model/export-format.ts';
import { meshNodes } from '../measure/placements.ts';
import type { ElementKind } from './baked/placed-primitives.ts';
import { plural } from './corrections.ts';

/** What a format can hold of a model, as far as formats differ. */
export interface FormatAbilities {
  /** Nodes with transforms of their own, below one another. */
  hierarchy: boolean;
  animations: boolean;
  skins: boolean;
  morphTargets: boolean;
  cameras: boolean;
  lights: boolean;
  /** One mesh at several places. */
  instances: boolean;
  elements: readonly ElementKind[];
  normals: boolean;
  /** Sets of texture coordinates. */
  texcoords: number;
  vertexColors: boolean;
  /** Parts of a material, by the names of `materialParts`; none where there are no materials. */
  materials: ReadonlySet<MaterialPart> | null;
  /** Custom properties. */
  extras: boolean;
}

/** Parts of materials that formats hold or leave out. */
export type MaterialPart =
  | 'color'
  | 'color texture'
  | 'opacity'
  | 'metalness and roughness'
  | 'metalness and roughness texture'
  | 'normal map'
  | 'occlusion map'
  | 'emission'
  | 'emission texture'
  | 'alpha cutoff'
  | 'unlit'
  | 'both sides'
  | 'clearcoat'
  | 'sheen'
  | 'transmission'
  | 'other extensions';

/** Everything that the default scene has and a format of these abilities has not: what became of it, with counts. */
export function lostFeatures(document: Document, abilities: FormatAbilities, posed: boolean): ExportWarning[] {
  const warnings: ExportWarning[] = [];
  const warn = (count: number, code: string, message: (count: number) => string) => {
    if (count > 0) warnings.push({ code, message: message(count) });
  };
  const root = document.getRoot();
  const scene = root.getDefaultScene();
  const nodes = scene ? meshNodes(scene) : [];
  const all = root.listNodes();
  const primitives = nodes.flatMap(({ mesh }) => mesh.listPrimitives());
  const pose = posed ? 'in the pose that was asked for' : 'at rest';
  if (!abilities.animations)
    warn(root.listAnimations().length, 'lost_animations', (n) => `${plural(n, 'animation')} left out.`);
  if (!abilities.skins) {
    const skinned = nodes.filter(({ node }) => node.getSkin()).length;
    warn(
      skinned,
      'baked_skins',
      (n) => `${plural(n, 'skinned mesh', 'skinned meshes')} written ${pose}, without joints.`,
    );
  }
  if (!abilities.morphTargets) {
    const morphed = nodes.filter(({ mesh }) => mesh.listPrimitives().some((p) => p.listTargets().length > 0)).length;
    warn(
      morphed,
      'baked_morph_targets',
      (n) => `${plural(n, 'mesh', 'meshes')} with morph targets written ${pose}, without them.`,
    );
  }
  if (!abilities.cameras) {
    warn(all.filter((node) => node.getCamera()).length, 'lost_cameras', (n) => `${plural(n, 'camera')} left out.`);
  }
  if (!abilities.lights) {
    const lights = all.filter((node) => node.getExtension('KHR_lights_punctual')).length;
    warn(lights, 'lost_lights', (n) => `${plural(n, 'light')} left out.`);
  }
  if (!abilities.instances) {
    const instanced = nodes.filter(({ node }) => node.getExtension('EXT_mesh_gpu_instancing')).length;
    warn(instanced, 'expanded_instances', (n) => `${plural(n, 'set')} of instances written as separate copies.`);
  }
  warn(root.listScenes().length - 1, 'lost_scenes', (n) => `${plural(n, 'scene')} beside the default one left out.`);
  for (const kind of ['triangles', 'lines', 'points', 'splats'] as const) {
    if (abilities.elements.includes(kind)) continue;
    const lost = primitives.filter((primitive) => kindOf(primitive) === kind).length;
    warn(lost, `lost_${kind}`, (n) => `${plural(n, 'primitive')} of ${kind} left out.`);
  }
  const written = primitives.filter((primitive) => abilities.elements.includes(kindOf(primitive)));
  const having = (semantic: RegExp) =>
    written.filter((primitive) => primitive.listSemantics().some((name) => semantic.test(name))).length;
  const extraSets = [0, 1, 2, 3, 4, 5, 6, 7].filter((set) => set >= abilities.texcoords).join('');
  if (extraSets !== '') {
    warn(having(new RegExp(`^TEXCOORD_[${extraSets}]$`)), 'lost_texture_coordinates', (n) =>
      abilities.texcoords === 0
        ? `Texture coordinates of ${plural(n, 'primitive')} left out.`
        : `Further sets of texture coordinates of ${plural(n, 'primitive')} left out.`,
    );
  }
  if (!abilities.normals)
    warn(having(/^NORMAL$/), 'lost_normals', (n) => `Normals of ${plural(n, 'primitive')} left out.`);
  if (!abilities.vertexColors) {
    warn(having(/^COLOR_0$/), 'lost_vertex_colors', (n) => `Vertex colours of ${plural(n, 'primitive')} left out.`);
  }
  warn(having(/^_/), 'lost_attributes', (n) => `Further attributes of ${plural(n, 'primitive')} left out.`);
  const materials = new Set(
    written.map((primitive) => primitive.getMaterial()).filter((material) => material !== null),
  );
  warnings.push(...lostMaterials([...materials], abilities.materials));
  if (!abilities.hierarchy) {
    const levels = all.filter((node) => node.listChildren().length > 0).length;
    warn(
      levels,
      'lost_hierarchy',
      (n) => `The hierarchy left out: children of ${plural(n, 'node')} stand where they stood.`,
    );
  }
  if (!abilities.extras) {
    const holders = [...all, ...root.listMeshes(), ...root.listMaterials(), ...root.listScenes()];
    const lost = holders.filter((holder) => Object.keys(holder.getExtras()).length > 0).length;
    warn(lost, 'lost_extras', (n) => `Custom properties of ${plural(n, 'object')} left out.`);
  }
  return warnings;
}

function kindOf(primitive: { getMode(): number; getExtension(name: string): unknown }): ElementKind {
  if (primitive.getExtension('KHR_gaussian_splatting')) return 'splats';
  const mode = primitive.getMode();
  return mode === 0 ? 'points' : mode < 4 ? 'lines' : 'triangles';
}

function lostMaterials(materials: Material[], kept: ReadonlySet<MaterialPart> | null): ExportWarning[] {
  if (kept === null) {
    if (materials.length === 0) return [];
    return [{ code: 'lost_materials', message: `${plural(materials.length, 'material')} left out.` }];
  }
  const counts = new Map<MaterialPart, number>();
  for (const part of materials.flatMap(materialParts)) {
    if (!kept.has(part)) counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  if (counts.size === 0) return [];
  const list = [...counts].map(([part, count]) => `${part} (${count})`).join(', ');
  return [
    { code: 'reduced_materials', message: `Parts of materials left out, with the number of materials: ${list}.` },
  ];
}

/** What a material has beyond the defaults. */
function materialParts(material: Material): MaterialPart[] {
  const parts: MaterialPart[] = ['color'];
  const add = (has: unknown, part: MaterialPart) => {
    if (has) parts.push(part);
  };
  add(material.getBaseColorTexture(), 'color texture');
  add(material.getAlphaMode() === 'BLEND', 'opacity');
  add(material.getAlphaMode() === 'MASK', 'alpha cutoff');
  add(material.getMetallicFactor() > 0 || material.getRoughnessFactor() < 1, 'metalness and roughness');
  add(material.getDoubleSided(), 'both sides');
  add(material.getMetallicRoughnessTexture(), 'metalness and roughness texture');
  add(material.getNormalTexture(), 'normal map');
  add(material.getOcclusionTexture(), 'occlusion map');
  add(
    material.getEmissiveFactor().some((value) => value > 0),
    'emission',
  );
  add(material.getEmissiveTexture(), 'emission texture');
  const named: Record<string, MaterialPart> = {
    KHR_materials_unlit: 'unlit',
    KHR_materials_clearcoat: 'clearcoat',
    KHR_materials_sheen: 'sheen',
    KHR_materials_transmission: 'transmission',
  };
  for (const { extensionName } of material.listExtensions()) {
    const part = named[extensionName] ?? 'other extensions';
    if (!parts.includes(part)) parts.push(part);
  }
  return parts;
}
