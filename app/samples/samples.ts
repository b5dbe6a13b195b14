export const SAMPLES: { name: string; make(): Promise<Uint8Array> }[] = [];
