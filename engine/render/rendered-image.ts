import type { CameraAxes } from './camera.ts';

/** A picture and what it took. */
export interface RenderedImage {
  width: number;
  height: number;
  /** sRGB, eight bits, RGBA with alpha not premultiplied, rows from the top. */
  data: Uint8Array;
  /** Where the picture was taken from, in the model's units. */
  camera: PlacedCamera;
  stats: RenderStats;
}

/** A pinhole camera in the model's space. */
export interface PlacedCamera extends CameraAxes {
  position: [number, number, number];
  /** Vertical, in degrees. */
  fieldOfView: number;
}

/** What a picture took. */
export interface RenderStats {
  /** Triangles in the scene, each copy of an instanced mesh counted. */
  triangles: number;
  rays: number;
  secondsByStage: Record<string, number>;
  /** Size of the kernel's memory that the render used. */
  peakBytes: number;
  /** What could not be drawn as the file says. */
  warnings: string[];
}
