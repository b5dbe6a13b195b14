import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/** A program in AssemblyScript. What it is compiled to is committed, so that nothing needs the compiler to render. */
export interface KernelSources {
  folder: string;
  /** File that exports what the host calls. */
  entry: string;
  /** Where the compiled program lies. */
  wasm: string;
}

const at = (folder: string, entry: string, wasm: string): KernelSources => {
  const path = fileURLToPath(new URL(`../${folder}/`, import.meta.url));
  return { folder: path, entry, wasm: path + wasm };
};

/** The render kernel, and the decoder of JPEG that writes into its memory. */
export const RENDER_KERNEL = at('engine/render/kernel', 'kernel.ts', 'kernel.wasm');
export const JPEG_DECODER = at('engine/texture/jpeg/kernel', 'decode.ts', 'jpeg.wasm');

/**
 * Compiles a program from its AssemblyScript sources. Relaxed SIMD stays off: its results differ between machines. The
 * memory is the host's and shared between threads.
 *
 * @param sources The render kernel by default.
 * @throws Error with the compiler's report when a source does not compile.
 */
export async function compileKernel(sources: KernelSources = RENDER_KERNEL): Promise<Uint8Array> {
  const { error, stderr, binary } = await compile(sources);
  if (error) throw new Error(`${error.message}\n${stderr}`);
  if (binary === undefined) throw new Error('The compiler wrote no kernel.');
  return binary;
}

async function compile({
  folder,
  entry,
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
      '--enable=simd,threads',
      '--importMemory',
      '--sharedMemory',
      '--initialMemory=16',
      '--maximumMemory=65536',
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
  for (const sources of [RENDER_KERNEL, JPEG_DECODER]) {
    const binary = await compileKernel(sources);
    await writeFile(sources.wasm, binary);
    console.log(`${sources.wasm}: ${binary.length} bytes`);
  }
}
