import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/** A program in AssemblyScript. What it is compiled to is committed, so that nothing else needs the compiler. */
export interface KernelSources {
  folder: string;
  /** File that exports what the host calls. */
  entry: string;
  /** Where the compiled program lies; within a module of TypeScript where that is its ending. */
  output: string;
  /** What the compiler is told of the memory, which is the host's. */
  memory: string[];
}

const SHARED = ['--enable=simd,threads', '--sharedMemory', '--initialMemory=16', '--maximumMemory=65536'];
const OWN = ['--enable=simd', '--initialMemory=1'];

const at = (folder: string, entry: string, output: string, memory: string[]): KernelSources => {
  const path = fileURLToPath(new URL(`../${folder}/`, import.meta.url));
  return { folder: path, entry, output: join(path, output), memory };
};

/** The render kernel, and the decoder of JPEG that writes into its memory, which all threads share. */
export const RENDER_KERNEL = at('engine/render/kernel', 'kernel.ts', 'kernel.wasm', SHARED);
export const JPEG_DECODER = at('engine/texture/jpeg/kernel', 'decode.ts', 'jpeg.wasm', SHARED);
/** The mesh kernel is a module: what reads models has no host that could load a file for it. */
export const MESH_KERNEL = at('engine/formats/geometry/kernel', 'kernel.ts', '../mesh-kernel-code.ts', OWN);

/**
 * Compiles a program from its AssemblyScript sources. Relaxed SIMD stays off: its results differ between machines.
 *
 * @param sources The render kernel by default.
 * @returns the bytes of its `output`
 * @throws Error with the compiler's report when a source does not compile.
 */
export async function compileKernel(sources: KernelSources = RENDER_KERNEL): Promise<Uint8Array> {
  const { error, stderr, binary } = await compile(sources);
  if (error) throw new Error(`${error.message}\n${stderr}`);
  if (binary === undefined) throw new Error('The compiler wrote no kernel.');
  return sources.output.endsWith('.ts') ? asModule(binary) : binary;
}

function asModule(binary: Uint8Array): Uint8Array {
  return Buffer.from(`/** What \`kernel/\` compiles to (\`npm run build:kernel\`), as Base64. */
export const MESH_KERNEL =
  '${Buffer.from(binary).toString('base64')}';
`);
}

async function compile({
  folder,
  entry,
  memory,
}: KernelSources): Promise<{ error: Error | null; stderr: string; binary: Uint8Array | undefined }> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      entry,
      '--outFile=kernel.wasm',
      `--baseDir=${folder}`,
      '-O3',
      '--converge',
      '--noAssert',
      '--importMemory',
      ...memory,
      '--runtime=stub',
      '--use=abort=',
      // Warnings about vectors in signatures: no such function is exported.
      '--disableWarning=112',
    ],
    {
      // The host's sources name files with their ending, to which the compiler adds its own.
      readFile: (name, folder) => readFile(join(folder, name.replace(/\.ts\.ts$/, '.ts')), 'utf8').catch(() => null),
      writeFile(name, contents) {
        if (name === 'kernel.wasm' && contents instanceof Uint8Array) binary = contents;
      },
    },
  );
  return { error, stderr: stderr.toString(), binary };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const sources of [RENDER_KERNEL, JPEG_DECODER, MESH_KERNEL]) {
    const bytes = await compileKernel(sources);
    await writeFile(sources.output, bytes);
    console.log(`${sources.output}: ${bytes.length} bytes`);
  }
}
