import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { TEST_LIMITS } from '#test/check-import.ts';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { processModel } from '../process/process-model.ts';

/** Well-formed files, each with the companions that it needs. OBJ is not among them: nothing in it says where it ends. */
const FILES: [path: string, companions?: string[]][] = [
  ['gltf/BoxMeshopt.glb'],
  ['gltf/space.glb'],
  ['gltf/01_unlit/01_unlit.gltf', ['gltf/01_unlit/01_unlit.bin']],
  ['fbx/embedded_ascii_box.fbx'],
  ['fbx/maya_game_sausage_7500_binary_wiggle.fbx'],
  ['usd/suzanne.usdc'],
  ['usd/RiggedSimple.usdz'],
  ['dae/cube_tristrips.dae'],
  ['3ds/cube_hierarchy.3ds'],
  ['x3d/HelloX3dTrademark.x3d'],
  ['wrl/Wuson.wrl'],
  ['stl/Spider_binary.stl'],
  ['stl/Spider_ascii.stl'],
  ['ply/cube_binary.ply'],
  ['ply/float-color.ply'],
  ['3mf/pyramid_vertexcolor.3mf'],
  ['cad/rounded-cube.step'],
  ['cad/cube-10x10.igs'],
  ['cad/AC14-FZK-Haus.ifc'],
  ['pointcloud/grid.las'],
  ['splat/minimal-v2.spz'],
  ['splat/minimal-v4.spz'],
  ['splat/minimal.splat'],
  ['splat/sphere_3dgs.ply'],
  ['obj/spider.zip'],
];

const SHARES = [0.15, 0.4, 0.65, 0.9];

/** Errors of the input that a file which is cut off may end in. */
const CODES = ['model_malformed', 'model_invalid', 'model_empty', 'format_unknown', 'archive_unsafe'];

describe.skipIf(!hasCorpus)('files that are cut off', () => {
  it.each(FILES)('%s: an error that names the file, the place and what to do', async (path, companions = []) => {
    const bytes = new Uint8Array(await corpusFile(path));
    const others = await Promise.all(
      companions.map(async (other) => ({ name: basename(other), bytes: new Uint8Array(await corpusFile(other)) })),
    );
    for (const share of SHARES) {
      const name = basename(path);
      // An odd length, so that records of a fixed size do not end where the file does.
      const cut = bytes.slice(0, Math.floor(bytes.length * share) | 1);
      const error = await processModel([{ name, bytes: cut }, ...others], TEST_LIMITS).then(
        ({ report }) => expect.fail(`${path} at ${share}: accepted with ${report.triangles} triangles`),
        (thrown: unknown) => thrown,
      );
      const where = `${path} at ${share}`;
      expect(error, where).toBeInstanceOf(MaquetteError);
      const known = error as MaquetteError;
      expect(CODES, `${where}: ${known.code}: ${known.message}`).toContain(known.code);
      expect(known.where, `${where}: ${known.message}`).toContain(name);
      expect(known.remedy?.length ?? 0, where).toBeGreaterThan(20);
      expect(known.message.length, where).toBeGreaterThan(20);
    }
  });
});
