import type { RgbaImage } from '#engine/texture/image-codec.ts';
import { fillFrame, type Pictures, writeBgra } from './encode-frames.ts';
import type { Encoding } from './encoding.ts';
import { checked, type FilterContext, type FilterGraph, type Frame, isDrained, type Libav, newFrame } from './libav.ts';
import { LibavEncoder, type VideoShape } from './libav-encoder.ts';

/** What the filters read; the other orders of bytes would be converted first. */
const PIXEL_FORMAT = 'bgra';
/** A pixel of less alpha is invisible: GIF knows no other degree. */
const VISIBLE_ALPHA = 128;

/**
 * Encodes pictures as an animated GIF with one palette for all of them: 256 colours, of which one is transparent when
 * any pixel is. The pictures are read twice, once for the palette and once to be drawn with it; kept in memory instead,
 * a long animation would need gigabytes.
 */
export async function encodeGif(
  libav: Libav,
  path: string,
  encoding: Encoding,
  shape: VideoShape,
  readAgain: () => Pictures,
): Promise<void> {
  const palette = await makePalette(libav, shape, readAgain());
  const encoder = await LibavEncoder.open(libav, path, encoding, shape);
  const drawing = new Drawing(libav, shape, palette);
  try {
    let number = 0n;
    for await (const picture of readAgain()) {
      const frame = drawing.draw(picture, number);
      frame.pts = number++;
      frame.duration = 1n;
      await encoder.send(frame);
    }
    await encoder.finish();
  } finally {
    drawing.free();
    encoder.close();
    palette.free();
  }
}

/** A graph's place where pictures go in. */
function addSource(libav: Libav, graph: FilterGraph, name: string, shape: VideoShape): FilterContext {
  const format = libav.avGetPixFmtFromName(PIXEL_FORMAT);
  const { width, height, fps } = shape;
  return add(
    libav,
    graph,
    'buffer',
    name,
    `video_size=${width}x${height}:pix_fmt=${format}:time_base=1/${fps}:pixel_aspect=1/1`,
  );
}

function add(
  libav: Libav,
  graph: FilterGraph,
  filterName: string,
  name: string,
  options: string | null,
): FilterContext {
  const filter = libav.Filter.getByName(filterName);
  const context = filter && graph.createFilter(filter, name, options);
  if (!context) throw new Error(`this build of FFmpeg has no filter ${filterName}`);
  return context;
}

/** Copies a picture into a frame, its pixels either opaque or invisible. */
function fillPicture(libav: Libav, frame: Frame, shape: VideoShape, picture: RgbaImage, buffer: Buffer): void {
  writeBgra(picture.data, buffer);
  for (let at = 3; at < buffer.length; at += 4) {
    const visible = buffer[at]! >= VISIBLE_ALPHA;
    buffer[at] = visible ? 255 : 0;
    // One colour for all that is invisible, lest it takes up places in the palette.
    if (!visible) buffer.fill(0, at - 3, at);
  }
  fillFrame(libav, frame, { ...shape, format: PIXEL_FORMAT }, buffer);
}

/** The palette of all pictures: a frame of 16 × 16 pixels. */
async function makePalette(libav: Libav, shape: VideoShape, pictures: Pictures): Promise<Frame> {
  const graph = new libav.FilterGraph();
  graph.alloc();
  graph.nbThreads = 1;
  const frame = newFrame(libav);
  try {
    const source = addSource(libav, graph, 'pictures', shape);
    const collector = add(
      libav,
      graph,
      'palettegen',
      'palette',
      'max_colors=256:reserve_transparent=1:stats_mode=full',
    );
    const sink = add(libav, graph, 'buffersink', 'out', null);
    checked(libav, source.link(0, collector, 0), 'Linking the palette');
    checked(libav, collector.link(0, sink, 0), 'Linking the palette');
    checked(libav, graph.configSync(), 'Preparing the palette');
    const buffer = Buffer.alloc(shape.width * shape.height * 4);
    let number = 0n;
    for await (const picture of pictures) {
      fillPicture(libav, frame, shape, picture, buffer);
      frame.pts = number++;
      checked(libav, source.buffersrcAddFrameSync(frame), 'Reading colours');
    }
    checked(libav, source.buffersrcAddFrameSync(null), 'Reading colours');
    const palette = newFrame(libav);
    checked(libav, sink.buffersinkGetFrameSync(palette), 'Making the palette');
    return palette;
  } finally {
    frame.free();
    graph.free();
  }
}

/** Draws pictures with a palette. */
class Drawing {
  readonly #libav: Libav;
  readonly #shape: VideoShape;
  readonly #graph: FilterGraph;
  readonly #source: FilterContext;
  readonly #sink: FilterContext;
  readonly #input: Frame;
  readonly #output: Frame;
  readonly #buffer: Buffer;

  constructor(libav: Libav, shape: VideoShape, palette: Frame) {
    this.#libav = libav;
    this.#shape = shape;
    this.#buffer = Buffer.alloc(shape.width * shape.height * 4);
    this.#input = newFrame(libav);
    this.#output = newFrame(libav);
    const graph = new libav.FilterGraph();
    graph.alloc();
    graph.nbThreads = 1;
    this.#graph = graph;
    this.#source = addSource(libav, graph, 'pictures', shape);
    const colours = addSource(libav, graph, 'colours', { width: 16, height: 16, fps: shape.fps });
    // An ordered dither: diffusing errors speckles what is smooth, and its dots crawl from frame to frame.
    const drawing = add(
      libav,
      graph,
      'paletteuse',
      'draw',
      'dither=bayer:bayer_scale=4:diff_mode=rectangle:alpha_threshold=128',
    );
    this.#sink = add(libav, graph, 'buffersink', 'out', null);
    checked(libav, this.#source.link(0, drawing, 0), 'Linking the drawing');
    checked(libav, colours.link(0, drawing, 1), 'Linking the drawing');
    checked(libav, drawing.link(0, this.#sink, 0), 'Linking the drawing');
    checked(libav, graph.configSync(), 'Preparing the drawing');
    checked(libav, colours.buffersrcAddFrameSync(palette), 'Setting the palette');
    checked(libav, colours.buffersrcAddFrameSync(null), 'Setting the palette');
  }

  /** Draws one picture. The frame is overwritten by the next. */
  draw(picture: RgbaImage, number: bigint): Frame {
    fillPicture(this.#libav, this.#input, this.#shape, picture, this.#buffer);
    this.#input.pts = number;
    checked(this.#libav, this.#source.buffersrcAddFrameSync(this.#input), 'Drawing with the palette');
    this.#output.unref();
    const result = this.#sink.buffersinkGetFrameSync(this.#output);
    if (isDrained(result)) throw new Error('the palette filter kept a picture back');
    checked(this.#libav, result, 'Drawing with the palette');
    return this.#output;
  }

  free(): void {
    this.#input.free();
    this.#output.free();
    this.#graph.free();
  }
}
