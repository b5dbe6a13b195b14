import { Document, type Material, NodeIO, type Texture, VertexLayout } from '@gltf-transform/core';
import {
  ALL_EXTENSIONS,
  KHRLightsPunctual,
  KHRMaterialsAnisotropy,
  KHRMaterialsClearcoat,
  KHRMaterialsDiffuseTransmission,
  KHRMaterialsDispersion,
  KHRMaterialsEmissiveStrength,
  KHRMaterialsIOR,
  KHRMaterialsIridescence,
  KHRMaterialsSheen,
  KHRMaterialsSpecular,
  KHRMaterialsTransmission,
  KHRMaterialsVolume,
} from '@gltf-transform/extensions';
import sharp from 'sharp';
import { addMesh, type Geometry, sphere } from '#test/render/scenes.ts';

const RADIUS = 0.45;
const UNIT_SPHERE = sphere(64, 32);
const SPHERE: Geometry = { ...UNIT_SPHERE, positions: UNIT_SPHERE.positions.map((v) => v * RADIUS) };

/** A wall about the origin that faces +z; texture coordinates repeat so often along its sides. */
function wall(width: number, height: number, repeatX: number, repeatY: number): Geometry {
  const [x, y] = [width / 2, height / 2];
  return {
    positions: [-x, y, 0, x, y, 0, -x, -y, 0, x, -y, 0],
    normals: [0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1],
    uvs: [0, 0, repeatX, 0, 0, repeatY, repeatX, repeatY],
    indices: [0, 2, 1, 2, 3, 1],
  };
}

/** A floor that faces +y and runs from z = 0 backwards; texture coordinates repeat every `period` units. */
function floor(width: number, depth: number, period: number): Geometry {
  const x = width / 2;
  return {
    positions: [-x, 0, -depth, x, 0, -depth, -x, 0, 0, x, 0, 0],
    normals: [0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0],
    uvs: [-x, -depth, x, -depth, -x, 0, x, 0].map((v) => v / period),
    indices: [0, 2, 1, 2, 3, 1],
  };
}

/** A material by its column and row in a field of spheres, both in [0, 1]. */
type Paint = (material: Material, s: number, t: number) => void;

/** A model that shows how one group of material parameters acts. */
class MaterialModel {
  readonly document = new Document();

  material(name: string): Material {
    return this.document.createMaterial(name).setMetallicFactor(0).setRoughnessFactor(0.5);
  }

  place(geometry: Geometry, material: Material, at: [number, number, number] = [0, 0, 0]): void {
    addMesh(this.document, geometry, material, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, ...at, 1]);
  }

  /** `columns` × `rows` spheres, one unit apart, in the plane z = 0. */
  spheres(columns: number, rows: number, paint: Paint): this {
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++) {
        const [s, t] = [columns > 1 ? i / (columns - 1) : 0, rows > 1 ? j / (rows - 1) : 0];
        const material = this.material(`${i},${j}`);
        paint(material, s, t);
        this.place(SPHERE, material, [i - (columns - 1) / 2, (rows - 1) / 2 - j, 0]);
      }
    }
    return this;
  }

  /** A wall behind the spheres, with cells of a quarter unit in two colours. */
  async backdrop(width: number, height: number): Promise<this> {
    const material = this.material('backdrop')
      .setRoughnessFactor(1)
      .setBaseColorTexture(await this.checker(8, [235, 235, 235], [40, 70, 120]));
    material.getBaseColorTextureInfo()?.setMagFilter(9728).setMinFilter(9987);
    this.place(wall(width, height, width / 2, height / 2), material, [0, 0, -0.8]);
    return this;
  }

  checker(cells: number, a: [number, number, number], b: [number, number, number]): Promise<Texture> {
    return this.texture('checker', cells, (x, y) => ((x + y) % 2 ? a : b));
  }

  /** A square texture of `size` texels, stored without loss. */
  async texture(
    name: string,
    size: number,
    at: (x: number, y: number) => readonly [number, number, number],
  ): Promise<Texture> {
    const rgb = new Uint8Array(size * size * 3);
    for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) rgb.set(at(x, y), (y * size + x) * 3);
    const png = await sharp(rgb, { raw: { width: size, height: size, channels: 3 } })
      .png()
      .toBuffer();
    return this.document.createTexture(name).setMimeType('image/png').setImage(new Uint8Array(png));
  }

  bytes(): Promise<Uint8Array> {
    // The Khronos renderer fails on interleaved accessors of meshes without tangents.
    const io = new NodeIO().setVertexLayout(VertexLayout.SEPARATE);
    return io.registerExtensions(ALL_EXTENSIONS).writeBinary(this.document);
  }
}

const metalRough = async () =>
  new MaterialModel().spheres(6, 3, (material, s, t) => {
    material.setBaseColorFactor([0.9, 0.55, 0.3, 1]).setMetallicFactor(t).setRoughnessFactor(s);
  });

const specularIor = async () => {
  const model = new MaterialModel();
  const ior = model.document.createExtension(KHRMaterialsIOR);
  const specular = model.document.createExtension(KHRMaterialsSpecular);
  return model.spheres(5, 3, (material, s, t) => {
    material.setBaseColorFactor([0.05, 0.1, 0.3, 1]).setRoughnessFactor(0.15);
    if (t === 0) material.setExtension('KHR_materials_ior', ior.createIOR().setIOR(1 + s * 1.5));
    if (t === 0.5) material.setExtension('KHR_materials_specular', specular.createSpecular().setSpecularFactor(s));
    if (t === 1) {
      const tint = specular.createSpecular().setSpecularColorFactor([4 * s, 2, 4 - 4 * s]);
      material.setExtension('KHR_materials_specular', tint);
    }
  });
};

const clearcoat = async () => {
  const model = new MaterialModel();
  const extension = model.document.createExtension(KHRMaterialsClearcoat);
  const waves = await model.texture('waves', 64, (x, y) => {
    const [dx, dy] = [0.35 * Math.cos((x / 64) * 4 * Math.PI), 0.35 * Math.cos((y / 64) * 4 * Math.PI)];
    const k = 127.5 / Math.hypot(dx, dy, 1);
    return [Math.round(127.5 - dx * k), Math.round(127.5 - dy * k), Math.round(127.5 + k)];
  });
  return model.spheres(5, 3, (material, s, t) => {
    material.setBaseColorFactor([0.5, 0.02, 0.02, 1]).setRoughnessFactor(0.6);
    if (t === 0.5) material.setMetallicFactor(1);
    const coat = extension.createClearcoat();
    coat.setClearcoatFactor(t === 0 ? s : 1).setClearcoatRoughnessFactor(t === 0 ? 0 : s * 0.6);
    // The coat keeps its own normal: bumps below it do not bend what it mirrors, and the other way round.
    if (t === 1) s < 0.4 ? material.setNormalTexture(waves) : coat.setClearcoatNormalTexture(waves);
    material.setExtension('KHR_materials_clearcoat', coat);
  });
};

const sheen = async () => {
  const model = new MaterialModel();
  const extension = model.document.createExtension(KHRMaterialsSheen);
  return model.spheres(5, 3, (material, s, t) => {
    material.setBaseColorFactor([0.05, 0.04, 0.2, 1]).setRoughnessFactor(0.9);
    const color: [number, number, number] = t === 0 ? [1, 1, 1] : t === 0.5 ? [0.9, 0.2, 0.1] : [0.25, 0.25, 0.25];
    const cloth = extension
      .createSheen()
      .setSheenColorFactor(color)
      .setSheenRoughnessFactor(0.1 + 0.9 * s);
    material.setExtension('KHR_materials_sheen', cloth);
  });
};

const transmission = async () => {
  const model = new MaterialModel();
  const extension = model.document.createExtension(KHRMaterialsTransmission);
  model.spheres(5, 2, (material, s, t) => {
    material.setBaseColorFactor(t === 0 ? [1, 1, 1, 1] : [0.5, 0.9, 0.6, 1]).setRoughnessFactor(t === 0 ? s * 0.8 : 0);
    const factor = t === 0 ? 1 : s;
    material.setExtension('KHR_materials_transmission', extension.createTransmission().setTransmissionFactor(factor));
  });
  return model.backdrop(6, 3);
};

const volume = async () => {
  const model = new MaterialModel();
  const extensions = {
    transmission: model.document.createExtension(KHRMaterialsTransmission),
    volume: model.document.createExtension(KHRMaterialsVolume),
    ior: model.document.createExtension(KHRMaterialsIOR),
  };
  model.spheres(5, 2, (material, s, t) => {
    material.setRoughnessFactor(0);
    const glass = extensions.volume.createVolume().setThicknessFactor(0.9);
    if (t === 1) glass.setAttenuationColor([0.9, 0.35, 0.1]).setAttenuationDistance(2 - 1.8 * s);
    material
      .setExtension('KHR_materials_transmission', extensions.transmission.createTransmission().setTransmissionFactor(1))
      .setExtension('KHR_materials_volume', glass)
      .setExtension('KHR_materials_ior', extensions.ior.createIOR().setIOR(t === 0 ? 1.05 + s : 1.33));
  });
  return model.backdrop(6, 3);
};

const dispersion = async () => {
  const model = new MaterialModel();
  const extensions = {
    transmission: model.document.createExtension(KHRMaterialsTransmission),
    volume: model.document.createExtension(KHRMaterialsVolume),
    ior: model.document.createExtension(KHRMaterialsIOR),
    dispersion: model.document.createExtension(KHRMaterialsDispersion),
  };
  model.spheres(4, 1, (material, s) => {
    material
      .setRoughnessFactor(0)
      .setExtension('KHR_materials_transmission', extensions.transmission.createTransmission().setTransmissionFactor(1))
      .setExtension('KHR_materials_volume', extensions.volume.createVolume().setThicknessFactor(0.9))
      .setExtension('KHR_materials_ior', extensions.ior.createIOR().setIOR(1.6))
      .setExtension('KHR_materials_dispersion', extensions.dispersion.createDispersion().setDispersion(s * 4));
  });
  return model.backdrop(5, 2);
};

const iridescence = async () => {
  const model = new MaterialModel();
  const extension = model.document.createExtension(KHRMaterialsIridescence);
  return model.spheres(6, 3, (material, s, t) => {
    material.setBaseColorFactor(t === 1 ? [0.9, 0.8, 0.6, 1] : [0.08, 0.08, 0.08, 1]).setRoughnessFactor(0.1);
    if (t === 1) material.setMetallicFactor(1);
    const film = extension.createIridescence().setIridescenceFactor(1).setIridescenceThicknessMinimum(100);
    film.setIridescenceThicknessMaximum(120 + 700 * s).setIridescenceIOR(t === 0 ? 1.3 : 1.8);
    material.setExtension('KHR_materials_iridescence', film);
  });
};

const anisotropy = async () => {
  const model = new MaterialModel();
  const extension = model.document.createExtension(KHRMaterialsAnisotropy);
  return model.spheres(5, 3, (material, s, t) => {
    material.setBaseColorFactor([0.8, 0.8, 0.85, 1]).setMetallicFactor(1).setRoughnessFactor(0.3);
    const brushed = extension.createAnisotropy().setAnisotropyStrength(t === 0 ? s : 0.9);
    brushed.setAnisotropyRotation(t === 0.5 ? s * Math.PI * 0.5 : 0);
    if (t === 1) material.setRoughnessFactor(0.1 + 0.6 * s);
    material.setExtension('KHR_materials_anisotropy', brushed);
  });
};

const diffuseTransmission = async () => {
  const model = new MaterialModel();
  const extension = model.document.createExtension(KHRMaterialsDiffuseTransmission);
  return model.spheres(5, 2, (material, s, t) => {
    material.setBaseColorFactor([0.75, 0.75, 0.7, 1]).setRoughnessFactor(0.7);
    const paper = extension.createDiffuseTransmission().setDiffuseTransmissionFactor(t === 0 ? s : 0.8);
    paper.setDiffuseTransmissionColorFactor(t === 0 ? [1, 1, 1] : [1, 0.2 + 0.8 * s, 0.1]);
    material.setExtension('KHR_materials_diffuse_transmission', paper);
  });
};

const emissive = async () => {
  const model = new MaterialModel();
  const extension = model.document.createExtension(KHRMaterialsEmissiveStrength);
  return model.spheres(5, 2, (material, s, t) => {
    material.setBaseColorFactor([0.1, 0.1, 0.1, 1]).setEmissiveFactor(t === 0 ? [1, 0.45, 0.1] : [0.1, 0.3, 1]);
    const strength = extension.createEmissiveStrength().setEmissiveStrength(0.125 * 2 ** (s * 6));
    material.setExtension('KHR_materials_emissive_strength', strength);
  });
};

/** A floor with fine checks that runs to the horizon: aliasing and blur of textures both show there. */
const checkerFloor = async () => {
  const model = new MaterialModel();
  const texture = await model.checker(256, [245, 245, 245], [20, 20, 20]);
  const material = model.material('floor').setRoughnessFactor(1).setBaseColorTexture(texture);
  model.place(floor(12, 24, 64), material);
  return model;
};

/** A wall, flat so that nothing casts a shadow, which the Khronos renderer has none of: a point light, a spot, the sun. */
const lights = async () => {
  const model = new MaterialModel();
  const extension = model.document.createExtension(KHRLightsPunctual);
  model.place(wall(4, 3, 1, 1), model.material('wall').setRoughnessFactor(0.6).setBaseColorFactor([0.6, 0.6, 0.6, 1]));
  const lamps = [
    extension.createLight().setType('point').setColor([1, 0.4, 0.1]).setIntensity(1.2),
    extension.createLight().setType('spot').setColor([0.2, 0.6, 1]).setIntensity(3).setOuterConeAngle(0.5),
    extension.createLight().setType('directional').setIntensity(0.4),
  ];
  for (const [i, lamp] of lamps.entries()) {
    const node = model.document.createNode(lamp.getType()).setTranslation([i * 2 - 1, 0.2, 1]);
    // A spot and the sun shine along their −z.
    model.document.getRoot().listScenes()[0]!.addChild(node.setExtension('KHR_lights_punctual', lamp));
  }
  return model;
};

/** Models made for the comparison, by name. */
export const MATERIAL_MODELS: Readonly<Record<string, () => Promise<Uint8Array>>> = Object.fromEntries(
  Object.entries({
    'metal-rough': metalRough,
    'specular-ior': specularIor,
    clearcoat,
    sheen,
    transmission,
    volume,
    dispersion,
    iridescence,
    anisotropy,
    'diffuse-transmission': diffuseTransmission,
    emissive,
    'checker-floor': checkerFloor,
    lights,
  }).map(([name, make]) => [name, async () => (await make()).bytes()]),
);
