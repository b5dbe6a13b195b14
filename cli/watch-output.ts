import { EXIT } from './command.ts';

/**
 * What becomes of a result that cannot be written: a reader that has enough (`maquette … | head -1`) ends nothing, since
 * the command may have more to do than to print; a full disk ends the command with the status of a failed system.
 */
export function watchOutput(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    console.error(`storage_failed: The result cannot be written: ${error.message}.`);
    process.exit(EXIT.system);
  });
}
