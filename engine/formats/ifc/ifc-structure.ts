import {
  IFCAPPLICATION,
  IFCPRODUCTDEFINITIONSHAPE,
  IFCRELAGGREGATES,
  IFCRELCONTAINEDINSPATIALSTRUCTURE,
  IFCRELDEFINESBYPROPERTIES,
  type IfcAPI,
} from 'web-ifc';
import type { ModelLimits } from '#contracts/model/model-limits.ts';

/** The tree of a building and what is written about its products. */
export interface IfcStructure {
  /** The product that each product is part of. */
  parents: Map<number, number>;
  /** Name of the node and extras of a product. */
  describe(product: number): { title: string; extras: Record<string, unknown> };
  /** Property sets that products have. */
  propertySets: number;
  generator: string | null;
}

/** A line as web-ifc gives it: attributes by name, each a value or a reference or a list of these. */
type Line = Record<string, unknown>;

/** How many products of a model have a shape, at least one. */
export function countShapes(api: IfcAPI, model: number): number {
  return Math.max(1, api.GetLineIDsWithType(model, IFCPRODUCTDEFINITIONSHAPE).size());
}

/** Reads the relations between the lines of a model. */
export function readIfcStructure(api: IfcAPI, model: number, limits: ModelLimits): IfcStructure {
  const line = (id: number | null): Line | null => {
    if (id === null) return null;
    try {
      return (api.GetLine(model, id) as Line | undefined) ?? null;
    } catch {
      return null;
    }
  };
  const ofType = (type: number): Line[] => {
    const ids = api.GetLineIDsWithType(model, type);
    const lines: Line[] = [];
    for (let i = 0; i < ids.size() && i < limits.nodes; i++) {
      const found = line(ids.get(i));
      if (found) lines.push(found);
    }
    return lines;
  };
  const parents = new Map<number, number>();
  for (const relation of ofType(IFCRELAGGREGATES)) link(parents, relation.RelatingObject, relation.RelatedObjects);
  for (const relation of ofType(IFCRELCONTAINEDINSPATIALSTRUCTURE))
    link(parents, relation.RelatingStructure, relation.RelatedElements);
  const setsOf = new Map<number, number[]>();
  for (const relation of ofType(IFCRELDEFINESBYPROPERTIES)) {
    const set = reference(relation.RelatingPropertyDefinition);
    if (set === null) continue;
    for (const product of references(relation.RelatedObjects)) {
      const known = setsOf.get(product);
      if (known) known.push(set);
      else setsOf.set(product, [set]);
    }
  }
  const read = new Map<number, { name: string; values: Record<string, unknown> } | null>();
  const application = ofType(IFCAPPLICATION)[0];
  const structure: IfcStructure = {
    parents,
    propertySets: 0,
    generator: application
      ? [text(application.ApplicationFullName), text(application.Version)].filter(Boolean).join(' ').slice(0, 200) ||
        null
      : null,
    describe(product) {
      const source = line(product);
      const type = api.GetNameFromTypeCode(api.GetLineType(model, product));
      const properties: Record<string, unknown> = {};
      for (const id of setsOf.get(product) ?? []) {
        if (!read.has(id)) read.set(id, readPropertySet(line(id), line));
        const set = read.get(id);
        if (!set) continue;
        properties[set.name] = set.values;
        structure.propertySets++;
      }
      const title = (source && (text(source.Name) || text(source.LongName))) || type;
      const globalId = source && text(source.GlobalId);
      const extras = {
        ifcType: type,
        ...(globalId && { globalId }),
        ...(source && text(source.Description) && { description: text(source.Description) }),
        ...(source && text(source.ObjectType) && { objectType: text(source.ObjectType) }),
        ...(source && text(source.Tag) && { tag: text(source.Tag) }),
        ...(Object.keys(properties).length > 0 && { properties }),
      };
      return { title: title.slice(0, 200), extras };
    },
  };
  return structure;
}

function link(parents: Map<number, number>, relating: unknown, related: unknown): void {
  const parent = reference(relating);
  if (parent === null) return;
  for (const child of references(related)) if (child !== parent && !parents.has(child)) parents.set(child, parent);
}

function readPropertySet(
  set: Line | null,
  line: (id: number | null) => Line | null,
): { name: string; values: Record<string, unknown> } | null {
  if (!set) return null;
  const values: Record<string, unknown> = {};
  for (const id of references(set.HasProperties ?? set.Quantities)) {
    const property = line(id);
    const name = property && text(property.Name);
    if (!property || !name) continue;
    const value =
      property.NominalValue ??
      property.LengthValue ??
      property.AreaValue ??
      property.VolumeValue ??
      property.CountValue ??
      property.WeightValue ??
      property.TimeValue;
    const plain = scalar(value);
    if (plain !== null) values[name] = plain;
    else if (Array.isArray(property.EnumerationValues)) values[name] = property.EnumerationValues.map(scalar);
  }
  return { name: text(set.Name) || 'Properties', values };
}

function scalar(value: unknown): string | number | boolean | null {
  const inner = typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
  if (inner === 'T' || inner === true) return true;
  if (inner === 'F' || inner === false) return false;
  if (typeof inner === 'number') return Number.isFinite(inner) ? inner : null;
  return typeof inner === 'string' ? inner.slice(0, 1000) : null;
}

function text(value: unknown): string {
  const plain = scalar(value);
  return typeof plain === 'string' ? plain : '';
}

/** The number of the line that a reference leads to. */
function reference(value: unknown): number | null {
  if (typeof value !== 'object' || value === null) return null;
  const inner = 'value' in value ? value.value : null;
  return typeof inner === 'number' ? inner : null;
}

function references(value: unknown): number[] {
  return Array.isArray(value) ? value.map(reference).filter((id) => id !== null) : [];
}
