import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('../engine/render/kernel/', import.meta.url));

/** Where the compiled kernel lies; it is committed, so that nothing needs the compiler to render. */
export const KERNEL_WASM = `${folder}kernel.wasm`;

/**
 * Compiles the render kernel from its AssemblyScript sources. Relaxed SIMD stays off: its results differ between
 * machines. The memory is the host's and shared between threads.
 *
 * @throws Error with the compiler's report when a source does not compile.
 */
export async function compileKernel(): Promise<Uint8Array> {
  const { error, stderr, binary } = await compile();
  if (error) throw new Error(`${error.message}\n${stderr}`);
  if (binary === undefined) throw new Error('The compiler wrote no kernel.');
  return binary;
}

async function compile(): Promise<{ error: Error | null; stderr: string; binary: Uint8Array | undefined }> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      `kernel.ts`,
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
  const binary = await compileKernel();
  await writeFile(KERNEL_WASM, binary);
  console.log(`${KERNEL_WASM}: ${binary.length} bytes`);
}
