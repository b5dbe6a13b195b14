import type { AngleView, ImageRequest } from '#contracts/render/image-request.ts';
import { BEST_VIEW_BYTES, findBestView } from './best-view.ts';
import {
  axesOf,
  type Camera,
  type CameraAxes,
  type Extremes,
  type Frame,
  fitCamera,
  frameOf,
  unionOf,
} from './camera.ts';
import { nothingToDraw } from './errors.ts';
import { writeFraming } from './frame-header.ts';
import { groundOf, withGround } from './ground.ts';
import type { KeptScene } from './kept-scene.ts';
import * as L from './kernel/layout.ts';
import type { KernelCall, KernelMemory } from './kernel-memory.ts';
import { placedCamera } from './placed-cameras.ts';
import type { PreparedScene } from './prepared-scene.ts';
import { splatExtremes } from './splats.ts';

/** Where cameras stand that a scene in the kernel's memory is seen from. */
export class Framing {
  readonly #memory: KernelMemory;
  readonly #kept: KeptScene;

  constructor(memory: KernelMemory, kept: KeptScene) {
    this.#memory = memory;
    this.#kept = kept;
  }

  /** The camera that the request places, else the one that frames the model. */
  async camera(prepared: PreparedScene, request: ImageRequest, call: KernelCall): Promise<Camera> {
    const { scene, motion, normalisation } = prepared;
    const place = () => placedCamera(request, scene.nodes, normalisation);
    const placed = motion ? motion.during(place) : place();
    if (placed) return placed;
    const axes = await this.#axes(prepared, request, call);
    return this.#fit(prepared, request, axes, await this.extremes(prepared, frameOf(request), axes, call));
  }

  /** The camera that frames the model at all these moments; the scene is left at the last. */
  async cameraOver(
    prepared: PreparedScene,
    request: ImageRequest,
    times: readonly number[],
    call: KernelCall,
  ): Promise<Camera> {
    if (request.camera !== undefined) return this.camera(prepared, request, call);
    const axes = await this.#axes(prepared, request, call);
    const extremes: Extremes[] = [];
    for (const time of prepared.motion ? times : times.slice(0, 1)) {
      await this.#kept.move(prepared, { ...request, time }, call);
      extremes.push(await this.extremes(prepared, frameOf(request), axes, call));
    }
    return this.#fit(prepared, request, axes, unionOf(extremes));
  }

  /** What a camera with these axes has to take in. */
  async extremes(
    { scene, plan, normalisation }: PreparedScene,
    frame: Frame,
    axes: CameraAxes,
    { run, stage }: KernelCall,
  ): Promise<Extremes> {
    const { memory, header } = this.#memory.opened;
    writeFraming(header, axes, frame);
    await run(L.TASK_EXTREMES);
    stage('framing');
    const model = header.getFloats(L.H_EXTREMES, 5) as unknown as Extremes;
    if (scene.splats.length === 0) return model;
    return unionOf([model, splatExtremes(memory, plan.splats, axes, frame, normalisation)]);
  }

  /** Axes of the request's view. The best one is that of the first moment, so that all frames of a clip share it. */
  async #axes(prepared: PreparedScene, request: ImageRequest, call: KernelCall): Promise<CameraAxes> {
    const { view } = request;
    if (view !== 'best') return axesOf(view);
    if (prepared.scene.meshes.every((mesh) => mesh.triangles === 0)) return axesOf('three-quarter');
    prepared.bestView ??= await this.#findBestView(prepared, request, call);
    return axesOf(prepared.bestView);
  }

  async #findBestView(prepared: PreparedScene, request: ImageRequest, call: KernelCall): Promise<AngleView> {
    await this.#kept.move(prepared, { ...request, time: 0 }, call);
    // Behind the image, whose memory may be in use.
    const address = await this.#kept.reserveBehind(prepared, request, 'choosing the view', BEST_VIEW_BYTES);
    const { memory, header } = this.#memory.opened;
    const view = await findBestView(
      header,
      memory,
      address,
      (axes, frame) => this.extremes(prepared, frame, axes, call),
      call.run,
    );
    header.set(L.H_WIDTH, request.width);
    header.set(L.H_HEIGHT, request.height);
    await this.#kept.move(prepared, request, call);
    call.stage('best view');
    return view;
  }

  #fit({ normalisation }: PreparedScene, request: ImageRequest, axes: CameraAxes, model: Extremes): Camera {
    const ground = groundOf(request, normalisation);
    return fitted(axes, request, ground ? withGround(model, ground, axes, frameOf(request)) : model);
  }
}

/** The camera with these axes that fits the extremes. @throws MaquetteError `model_empty` when there are none */
export function fitted(axes: CameraAxes, request: ImageRequest, extremes: Extremes): Camera {
  const camera = fitCamera(axes, frameOf(request), extremes);
  if (!camera) throw nothingToDraw('The model has no triangle with finite corners.');
  return camera;
}
