import { KHRMaterialsIridescence, KHRMaterialsSpecular } from '@gltf-transform/extensions';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  albedo,
  anisotropic,
  type Change,
  coated,
  direction,
  filmed,
  glass,
  lattice,
  look,
  metal,
  probes,
  result,
  startProbes,
  thin,
  type Vector,
  writeMaterial,
} from '#test/render/bsdf-probe.ts';

beforeAll(startProbes);

describe('reciprocity', () => {
  /** f without the cosine. */
  const reflect = (from: Vector, to: Vector): number => {
    probes().probeBsdf(0, 1, ...from, 0);
    probes().probeBsdfEvaluate(...to);
    return result(1) / Math.abs(to[2]);
  };

  test.each([
    ['narrow metal', 0.2, [metal]],
    ['stretched metal', 0.2, [metal, anisotropic(0.2)]],
    ['film over metal', 0.2, [metal, filmed]],
  ] as [string, number, Change[]][])('%s', (_, roughness, changes) => {
    writeMaterial(roughness, ...changes);
    for (const cosine of [0.4, 0.7, 0.95]) {
      const a = direction(cosine, 0.3);
      // Near the mirror direction, where the lobe is strong.
      const b = direction(cosine * 0.97, 0.3 + Math.PI + 0.05);
      const [forth, back] = [reflect(a, b), reflect(b, a)];
      expect(forth).toBeGreaterThan(0.05);
      // What compensates for the lost light is not reciprocal; it is little here.
      expect(Math.abs(forth - back)).toBeLessThan(0.01 * forth);
    }
  });
});

describe('lights that are points', () => {
  test('are met by a smooth coat as by one that is as rough as their smallest image', () => {
    const alpha = 0.02;
    const black: Change = (m, d) =>
      m
        .setBaseColorFactor([0, 0, 0, 1])
        .setExtension(
          'KHR_materials_specular',
          d.createExtension(KHRMaterialsSpecular).createSpecular().setSpecularFactor(0),
        );
    for (const cosine of [0.02, 0.1, 0.6]) {
      const light = direction(cosine, 0.6 + Math.PI);
      writeMaterial(0.5, black, coated(Math.sqrt(alpha)));
      look(cosine);
      probes().probeBsdfEvaluate(...light);
      const rough = result(1);
      writeMaterial(0.5, black, coated(0));
      look(cosine);
      probes().probeBsdfPoint(...light);
      expect(rough).toBeGreaterThan(1);
      expect(Math.abs(result(1) / rough - 1)).toBeLessThan(1e-3);
    }
  });
});

describe('shape', () => {
  test('a stretched lobe is wide along its tangent and narrow across', () => {
    writeMaterial(0.3, metal, anisotropic(0.8));
    const spread = [0, 0];
    probes().probeBsdf(0, 1, 0, 0, 1, 0);
    for (const [u, v, w] of lattice(2000)) {
      if (!probes().probeBsdfSample(u, v, w)) continue;
      spread[0]! += Math.abs(result(4));
      spread[1]! += Math.abs(result(5));
    }
    expect(spread[0]! / spread[1]!).toBeGreaterThan(2);
  });

  test('smooth glass bends by the law of Snell, and reflects all beyond the critical angle', () => {
    writeMaterial(0, glass(1.5));
    look(0.6, true, 0);
    let seen = 0;
    for (const [u, v, w] of lattice(100)) {
      if (!probes().probeBsdfSample(u, v, w) || result(7) === 0) continue;
      expect(Math.hypot(result(4), result(5))).toBeCloseTo(0.8 / 1.5, 1);
      seen++;
    }
    expect(seen).toBeGreaterThan(80);
    look(0.6, false, 0);
    for (const [u, v, w] of lattice(100)) expect(probes().probeBsdfSample(u, v, w) && result(7)).toBe(0);
  });

  test('a thin sheet lets light go straight on', () => {
    writeMaterial(0, thin(1));
    look(0.6, true, 0);
    const away: number[] = [];
    for (const [u, v, w] of lattice(200)) {
      if (!probes().probeBsdfSample(u, v, w) || result(7) === 0) continue;
      away.push(Math.hypot(result(4) + 0.8, result(6) + 0.6));
    }
    expect(away.length).toBeGreaterThan(150);
    expect(away.sort((a, b) => a - b)[Math.floor(away.length * 0.9)]).toBeLessThan(0.01);
  });

  test('a film colours the reflection of a dielectric, and of another thickness in another colour', () => {
    const colour = (thickness: number): Vector => {
      writeMaterial(0.2, (m, d) => {
        m.setBaseColorFactor([0, 0, 0, 1]);
        m.setExtension(
          'KHR_materials_iridescence',
          d
            .createExtension(KHRMaterialsIridescence)
            .createIridescence()
            .setIridescenceFactor(1)
            .setIridescenceIOR(1.8)
            .setIridescenceThicknessMaximum(thickness),
        );
      });
      look(0.9);
      return albedo();
    };
    const [a, b] = [colour(300), colour(420)];
    expect(Math.max(...a) / Math.min(...a)).toBeGreaterThan(1.3);
    const hue = ([r, g, b2]: Vector) => [r / (r + g + b2), g / (r + g + b2)] as const;
    expect(Math.hypot(hue(a)[0] - hue(b)[0], hue(a)[1] - hue(b)[1])).toBeGreaterThan(0.05);
  });
});
