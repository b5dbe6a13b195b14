import { GrowableInt32 } from './growable.ts';

const TRIANGLE = 3;

/**
 * Where the elements of a file begin among its corners. As long as all of them have three corners, which is so in most
 * large files, that need not be kept.
 */
export class ElementList {
  /** How many elements there are. */
  length = 0;
  /** Ends of the elements, from the first one on that has not three corners; null before there is one. */
  private ends: GrowableInt32 | null = null;
  private triangles = 0;

  /** Adds an element whose corners begin where those of the last one end. */
  push(corners: number): void {
    if (this.ends === null && corners === TRIANGLE) {
      this.triangles++;
    } else {
      this.ends ??= new GrowableInt32();
      this.ends.push(this.startOf(this.length) + corners);
    }
    this.length++;
  }

  /** The first corner of an element; that behind the last one for their number. */
  startOf(element: number): number {
    if (element <= this.triangles) return element * TRIANGLE;
    return this.ends!.at(element - this.triangles - 1);
  }
}
