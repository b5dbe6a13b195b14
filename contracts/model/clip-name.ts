/** The name under which an animation of a file is asked for: without one its number, from 0. */
export function clipName(name: string | undefined, index: number): string {
  return name || String(index);
}
