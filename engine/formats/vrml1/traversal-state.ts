import type { mat4, Node } from '@gltf-transform/core';
import { isSheared } from '../geometry/is-sheared.ts';
import { setNodeMatrix } from '../geometry/node-matrix.ts';
import { IDENTITY, multiply } from '../geometry/transform-steps.ts';
import { tupleOf, type WorldNode } from '../x3d/world-node.ts';

/** Kinds of nodes of which the last one that came before a shape holds for it. */
export const PROPERTIES = [
  'Coordinate3',
  'Normal',
  'NormalBinding',
  'Material',
  'MaterialBinding',
  'Texture2',
  'TextureCoordinate2',
  'ShapeHints',
] as const;

/** A kind of property. */
export type Property = (typeof PROPERTIES)[number];

/** What a shape takes from the nodes before it. */
export type Properties = Readonly<Partial<Record<Property, WorldNode>>>;

/** A 2D transform, in columns: x, y and the place. */
export type Affine2 = readonly [number, number, number, number, number, number];

const IDENTITY_2D: Affine2 = [1, 0, 0, 1, 0, 0];

/** So many nodes may stand one in the other for the sake of shears; beyond, shapes have the nearest transform. */
const MOST_HOLDERS = 32;

/** What has come together on the way through the world: properties, and where things stand. */
export class TraversalState {
  properties: Properties;
  /** Of texture coordinates. */
  texture: Affine2;
  /** What shapes are put below, and where they stand in it. */
  private holder: Node;
  private matrix: mat4;
  private holders: number;
  private readonly createNode: () => Node;

  private constructor(createNode: () => Node, holder: Node, before?: TraversalState) {
    this.createNode = createNode;
    this.holder = holder;
    this.matrix = IDENTITY;
    this.properties = before?.properties ?? {};
    this.texture = before?.texture ?? IDENTITY_2D;
    this.holders = before?.holders ?? 0;
  }

  static start(holder: Node, createNode: () => Node): TraversalState {
    return new TraversalState(createNode, holder);
  }

  /** The state inside of a node that saves it: what changes in there is gone afterwards. */
  inside(node: Node): TraversalState {
    this.place(node);
    return new TraversalState(this.createNode, node, this);
  }

  /** Puts a node where the state has come to. */
  place(node: Node): void {
    setNodeMatrix(node, this.matrix);
    this.holder.addChild(node);
  }

  /**
   * Moves what follows. Where a turn below an uneven scale would shear, which no node can say, the next part of the way
   * gets a node of its own.
   */
  move(step: mat4): void {
    const moved = multiply(this.matrix, step);
    if (!isSheared(moved) || this.holders >= MOST_HOLDERS) {
      this.matrix = moved;
      return;
    }
    const node = this.createNode();
    this.place(node);
    this.holder = node;
    this.matrix = step;
    this.holders++;
  }

  /** Where things stand, to go back to. */
  save(): () => void {
    const { holder, matrix, holders } = this;
    return () => {
      this.holder = holder;
      this.matrix = matrix;
      this.holders = holders;
    };
  }

  set(property: Property, node: WorldNode): void {
    this.properties = { ...this.properties, [property]: node };
  }

  /** Moves texture coordinates: scaled and turned about the centre, then moved. */
  moveTexture(node: WorldNode): void {
    const [tx, ty] = tupleOf(node, 'translation', [0, 0]) as [number, number];
    const [angle] = tupleOf(node, 'rotation', [0]) as [number];
    const [sx, sy] = tupleOf(node, 'scaleFactor', [1, 1]) as [number, number];
    const [cx, cy] = tupleOf(node, 'center', [0, 0]) as [number, number];
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const linear = [c * sx, s * sx, -s * sy, c * sy] as const;
    const x = tx + cx - linear[0] * cx - linear[2] * cy;
    const y = ty + cy - linear[1] * cx - linear[3] * cy;
    this.texture = multiply2(this.texture, [...linear, x, y]);
  }
}

function multiply2(a: Affine2, b: Affine2): Affine2 {
  const [x, y] = transform2(a, b[4], b[5]);
  return [
    a[0] * b[0] + a[2] * b[1],
    a[1] * b[0] + a[3] * b[1],
    a[0] * b[2] + a[2] * b[3],
    a[1] * b[2] + a[3] * b[3],
    x,
    y,
  ];
}

/** A point after a 2D transform. */
export function transform2(m: Affine2, x: number, y: number): [number, number] {
  return [m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]];
}
