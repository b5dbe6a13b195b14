import type { ColorSpace, PassName, Projection } from '#contracts/render/image-request.ts';
import type { CameraAxes } from './camera.ts';

/** A picture and what it took. */
export interface RenderedImage {
  width: number;
  height: number;
  /** Eight bits, RGBA with alpha not premultiplied, rows from the top. Empty where the passes leave the picture out. */
  data: Uint8Array;
  /** The passes of the request in its order; the picture itself only where it is wanted as linear light. */
  passes: RenderedPass[];
  /** What the bytes mean; both have the transfer function of sRGB. */
  colorSpace: ColorSpace;
  /** Where the picture was taken from, in the model's units. */
  camera: PlacedCamera;
  stats: RenderStats;
}

/** One pass of a picture, rows from the top. */
export type RenderedPass =
  | {
      kind: 'floats';
      name: Exclude<PassName, 'object' | 'material'>;
      /** Names of the numbers of a pixel; colours are linear, premultiplied and in the picture's colour space. */
      channels: readonly string[];
      data: Float32Array;
    }
  | {
      kind: 'ids';
      name: 'object' | 'material';
      /** Ids of a pixel by falling coverage, and their coverage; 0 where there are fewer. */
      ranks: number;
      ids: Uint32Array;
      coverage: Float32Array;
      /** Names of the ids that are seen, by name. */
      names: ReadonlyMap<number, string>;
    };

/** A camera in the model's space. */
export interface PlacedCamera extends CameraAxes {
  projection: Projection;
  position: [number, number, number];
  /** Vertical, in degrees; 0 when the projection is orthographic. */
  fieldOfView: number;
  /** Height of what an orthographic camera shows, in the model's units; 0 in perspective. */
  viewHeight: number;
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
