import { deliveryOf, type ExportOptions } from '#contracts/model/export-format.ts';
import { UsageError } from '../command.ts';

/** Refuses a name for what a server gives otherwise: formats of several files as a zip, others as they are. @throws UsageError */
export function requireDelivery(output: string, { format }: ExportOptions, zipped: boolean): void {
  const isZip = deliveryOf(format).ending === '.zip';
  if (isZip === zipped) return;
  throw new UsageError(
    isZip
      ? `${output}: a server gives ${format} with its files as a zip: write OUT.zip with --format ${format}`
      : `${output}: a server gives ${format} as it is: write OUT.${format}`,
  );
}
