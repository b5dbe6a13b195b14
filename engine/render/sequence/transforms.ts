import type { FrameCamera } from '#contracts/jobs/job-kinds.ts';
import { atan, tanDegrees } from '../portable-math.ts';

/** One view of a dataset as `transforms.json` lists it. */
interface TransformsFrame {
  file_path: string;
  depth_file_path?: string;
  /** Camera to world, row by row; the camera looks along its −Z, +Y is up in the picture (OpenGL). */
  transform_matrix: number[][];
}

/** `transforms.json` of NeRF's synthetic scenes, with the fields that instant-ngp and nerfstudio add. */
export interface Transforms {
  camera_model: 'OPENCV';
  /** Radians. */
  camera_angle_x: number;
  camera_angle_y: number;
  /** Focal lengths, principal point and size in pixels. */
  fl_x: number;
  fl_y: number;
  cx: number;
  cy: number;
  w: number;
  h: number;
  /** Distortion: none. */
  k1: 0;
  k2: 0;
  p1: 0;
  p2: 0;
  frames: TransformsFrame[];
}

/** A view: its files within the dataset and its camera. */
export interface DatasetView {
  image: string;
  depth?: string | undefined;
  camera: FrameCamera;
}

/**
 * Describes the cameras of a dataset. The world is the model's own space: metres, +Y up. All views have one field of
 * view.
 *
 * @param size of every picture, in pixels
 */
export function describeViews(views: readonly DatasetView[], size: { width: number; height: number }): Transforms {
  const { width, height } = size;
  const fieldOfView = views[0]?.camera.fieldOfView ?? 0;
  const angle = (fieldOfView * Math.PI) / 180;
  const focal = height / 2 / tanDegrees(fieldOfView / 2);
  return {
    camera_model: 'OPENCV',
    camera_angle_x: 2 * atan(width / 2 / focal),
    camera_angle_y: angle,
    fl_x: focal,
    fl_y: focal,
    cx: width / 2,
    cy: height / 2,
    w: width,
    h: height,
    k1: 0,
    k2: 0,
    p1: 0,
    p2: 0,
    frames: views.map(({ image, depth, camera: { position, right, up, forward } }) => ({
      file_path: image,
      ...(depth === undefined ? {} : { depth_file_path: depth }),
      transform_matrix: [
        ...([0, 1, 2] as const).map((axis) => [right[axis], up[axis], -forward[axis], position[axis]]),
        [0, 0, 0, 1],
      ],
    })),
  };
}
