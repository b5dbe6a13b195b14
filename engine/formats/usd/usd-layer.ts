/** A value type of USD that the writer needs; arrays are the same name with `[]` behind it. */
export type UsdScalarType =
  | 'bool'
  | 'int'
  | 'float'
  | 'double'
  | 'string'
  | 'token'
  | 'asset'
  | 'matrix4d'
  | 'quatf'
  | 'half3'
  | 'float2'
  | 'texCoord2f'
  | 'float3'
  | 'color3f'
  | 'point3f'
  | 'normal3f'
  | 'vector3f'
  | 'float4'
  | 'double3';

export type UsdType = UsdScalarType | `${UsdScalarType}[]`;

/**
 * A value: vectors, matrices and arrays are flat lists of numbers. Matrices lie in memory as in glTF, quaternions as x,
 * y, z, w.
 */
export type UsdValue = boolean | number | string | readonly string[] | ArrayLike<number>;

/** An attribute of a prim. */
export interface UsdAttribute {
  kind: 'attribute';
  name: string;
  type: UsdType;
  /** The value where there are no samples, or outside of them. */
  value?: UsdValue;
  /** Values over time, in time codes; between them they are interpolated linearly (quaternions on the arc). */
  samples?: { times: readonly number[]; values: readonly UsdValue[] };
  /** Path of the attribute that gives the value. */
  connection?: string;
  /** Cannot change over time. */
  uniform?: boolean;
  /** Metadata of primvars. */
  interpolation?: 'constant' | 'uniform' | 'vertex' | 'faceVarying';
  elementSize?: number;
}

/** A relationship of a prim: the paths that it points to. */
export interface UsdRelationship {
  kind: 'relationship';
  name: string;
  targets: readonly string[];
}

export type UsdProperty = UsdAttribute | UsdRelationship;

/** Everything of an attribute beside its name, type and value. */
export type UsdAttributeOptions = Omit<UsdAttribute, 'kind' | 'name' | 'type' | 'value'>;

/** The root prim `prim` of the layer at `asset`, a path relative to the referring layer. */
export interface UsdReference {
  asset: string;
  prim: string;
}

/** A prim definition in a layer. */
export class UsdPrim {
  readonly path: string;
  readonly name: string;
  readonly type: string;
  readonly children: UsdPrim[] = [];
  readonly properties: UsdProperty[] = [];
  apiSchemas: readonly string[] = [];
  /** What people see in place of the name. */
  displayName: string | undefined;
  modelKind: 'component' | undefined;
  /** What this prim is a copy of. */
  reference: UsdReference | undefined;
  /** Whether all copies may share what they are made of. */
  instanceable = false;

  /** @param name a legal identifier that no sibling has */
  constructor(parentPath: string, name: string, type: string) {
    this.path = `${parentPath}/${name}`;
    this.name = name;
    this.type = type;
  }

  /** Adds a prim below this one. `name`: a legal identifier that no child has yet. */
  define(name: string, type: string): UsdPrim {
    const child = new UsdPrim(this.path, name, type);
    this.children.push(child);
    return child;
  }

  attribute(name: string, type: UsdType, value?: UsdValue, options: UsdAttributeOptions = {}): this {
    this.properties.push({ kind: 'attribute', name, type, ...(value !== undefined && { value }), ...options });
    return this;
  }

  relationship(name: string, ...targets: string[]): this {
    this.properties.push({ kind: 'relationship', name, targets });
    return this;
  }
}

/** A layer with one root prim. */
export interface UsdLayer {
  root: UsdPrim;
  /** Time codes that pass in a second, and those of the first and the last sample. */
  time: { perSecond: number; start: number; end: number } | null;
}

/** The stage metadata of every layer that is written: metres, +Y up (USDZ is shown so by all viewers). */
export const STAGE = { metersPerUnit: 1, upAxis: 'Y' } as const;

/** The scalar type of a type, and whether it is an array of it. */
export function splitType(type: UsdType): { scalar: UsdScalarType; isArray: boolean } {
  const isArray = type.endsWith('[]');
  return { scalar: (isArray ? type.slice(0, -2) : type) as UsdScalarType, isArray };
}
