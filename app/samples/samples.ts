import { makeBloomingFlower } from './blooming-flower.ts';
import { makeCeramicVase } from './ceramic-vase.ts';
import { makeGearTrain } from './gear-train.ts';
import { makeGlassCarafe } from './glass-carafe.ts';
import { makeMechanicalKeyboard } from './mechanical-keyboard.ts';

/** A model that a new library begins with. */
export interface Sample {
  /** As shown in a library. */
  name: string;
  fileName: string;
  make(): Promise<Uint8Array>;
}

/** The sample models in the order in which a library shows them. Each is made by code, the same bytes each time. */
export const SAMPLES: readonly Sample[] = [
  { name: 'Ceramic vase', fileName: 'ceramic-vase.glb', make: makeCeramicVase },
  { name: 'Gear train', fileName: 'gear-train.glb', make: makeGearTrain },
  { name: 'Glass carafe', fileName: 'glass-carafe.glb', make: makeGlassCarafe },
  { name: 'Mechanical keyboard', fileName: 'mechanical-keyboard.glb', make: makeMechanicalKeyboard },
  { name: 'Blooming lotus', fileName: 'blooming-lotus.glb', make: makeBloomingFlower },
];
