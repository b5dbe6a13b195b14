/** Told now and then, while a file is read, which share of the work is done: from 0 to 1, never less than before. */
export type ImportProgress = (share: number) => void;

/** Where nobody wants to know. */
export const NO_PROGRESS: ImportProgress = () => {};

/** The progress of a part of the work, which goes from one share of the whole to another. */
export function portionOf(progress: ImportProgress, from: number, to: number): ImportProgress {
  return (share) => progress(from + (to - from) * Math.min(1, Math.max(0, share)));
}
