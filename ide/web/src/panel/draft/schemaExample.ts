/** A JSON Schema or an OpenAPI object, as it came over the wire. */
export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** Follows a `$ref` inside the document; null when it leads nowhere. */
export function resolve(document: Json, value: unknown): Json | null {
  let current = value;
  for (let hops = 0; hops < 20 && isObject(current); hops++) {
    const ref = current["$ref"];
    if (typeof ref !== "string") return current;
    current = pointer(document, ref);
  }
  return null;
}

function pointer(document: Json, ref: string): unknown {
  if (!ref.startsWith("#")) return null;
  let current: unknown = document;
  for (const part of ref.slice(1).split("/").slice(1)) {
    const name = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    current = Array.isArray(current) ? current[Number(name)] : isObject(current) && Object.hasOwn(current, name) ? current[name] : null;
  }
  return current;
}

const FORMATS: Readonly<Record<string, string>> = {
  "date-time": "2025-01-31T09:30:00Z",
  date: "2025-01-31",
  time: "09:30:00Z",
  duration: "PT15M",
  email: "ada@example.com",
  "idn-email": "ada@example.com",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.com/",
  "uri-reference": "/path",
  url: "https://example.com/",
  uuid: "3fa85f64-5717-4562-b3fc-2c963f66afa6",
  byte: "UG9kaXVt",
  password: "secret",
};

/** Deeper than this an example stops being one. */
const MAX_DEPTH = 8;

class Maker {
  readonly #document: Json;
  /** The `$ref`s that are being made now: a schema that contains itself ends there. */
  readonly #open: string[] = [];

  constructor(document: Json) {
    this.#document = document;
  }

  make(given: unknown, depth: number): unknown {
    if (!isObject(given)) return null;
    const ref = given["$ref"];
    if (typeof ref !== "string") return this.#one(given, depth);
    if (this.#open.includes(ref) || depth > MAX_DEPTH) return null;
    this.#open.push(ref);
    // Members beside a $ref count too since OpenAPI 3.1: FastAPI puts defaults and examples there.
    const target = resolve(this.#document, given);
    const value = this.#one({ ...target, ...without(given, "$ref") }, depth);
    this.#open.pop();
    return value;
  }

  #one(schema: Json, depth: number): unknown {
    if ("example" in schema) return schema["example"];
    if (Array.isArray(schema["examples"]) && schema["examples"].length > 0) return (schema["examples"] as unknown[])[0];
    if (schema["default"] !== undefined && schema["default"] !== null) return schema["default"];
    if ("const" in schema) return schema["const"];
    if (Array.isArray(schema["enum"])) return (schema["enum"] as unknown[])[0] ?? null;
    const all = listOf(schema["allOf"]);
    if (all.length > 0) return this.#all([...all, without(schema, "allOf")], depth);
    const choices = [...listOf(schema["oneOf"]), ...listOf(schema["anyOf"])];
    if (choices.length > 0) return this.#choice(choices, schema, depth);
    return this.#typed(schema, depth);
  }

  /** Every part of an `allOf` adds to the example. */
  #all(parts: readonly unknown[], depth: number): unknown {
    const values = parts.filter((part) => isObject(part) && Object.keys(part).length > 0).map((part) => this.make(part, depth));
    const objects = values.filter(isObject);
    return objects.length > 0 ? Object.assign({}, ...objects) : (values.find((value) => value !== null) ?? null);
  }

  /** The first choice that is something; null is chosen only where it is all there is. */
  #choice(choices: readonly unknown[], schema: Json, depth: number): unknown {
    if ("default" in schema && choices.some((choice) => isObject(choice) && choice["type"] === "null")) return schema["default"];
    const first = choices.find((choice) => !(isObject(choice) && choice["type"] === "null"));
    return this.make(first, depth);
  }

  #typed(schema: Json, depth: number): unknown {
    switch (typeOf(schema)) {
      case "object":
        return this.#object(schema, depth);
      case "array":
        return this.#array(schema, depth);
      case "string":
        return text(schema);
      case "integer":
        return number(schema, 1);
      case "number":
        return number(schema, 1);
      case "boolean":
        return true;
      default:
        return null;
    }
  }

  #object(schema: Json, depth: number): Record<string, unknown> {
    const properties = isObject(schema["properties"]) ? schema["properties"] : {};
    const required = new Set(listOf(schema["required"]));
    const value: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(properties)) {
      if (resolve(this.#document, property)?.["readOnly"] === true) continue;
      if (depth >= MAX_DEPTH && !required.has(name)) continue;
      const made = this.make(property, depth + 1);
      // What an optional field that leads back to its own schema would be is left out.
      if (made !== null || required.has(name) || isNullable(property)) value[name] = made;
    }
    return value;
  }

  #array(schema: Json, depth: number): unknown[] {
    const prefix = listOf(schema["prefixItems"]);
    if (prefix.length > 0) return prefix.map((item) => this.make(item, depth + 1));
    const item = this.make(schema["items"], depth + 1);
    if (item === null) return [];
    const minimum = typeof schema["minItems"] === "number" ? schema["minItems"] : 1;
    return Array.from({ length: Math.min(Math.max(1, minimum), 20) }, () => item);
  }
}

const without = (schema: Json, key: string): Json => Object.fromEntries(Object.entries(schema).filter(([name]) => name !== key));

const isNullable = (schema: unknown): boolean =>
  isObject(schema) && [...listOf(schema["anyOf"]), ...listOf(schema["oneOf"])].some((choice) => isObject(choice) && choice["type"] === "null");

function typeOf(schema: Json): string | null {
  const type = schema["type"];
  if (typeof type === "string") return type;
  if (Array.isArray(type)) return (type as unknown[]).find((one): one is string => typeof one === "string" && one !== "null") ?? null;
  if (isObject(schema["properties"])) return "object";
  return "items" in schema ? "array" : null;
}

function text(schema: Json): string {
  const format = schema["format"];
  const value = typeof format === "string" && Object.hasOwn(FORMATS, format) ? (FORMATS[format] ?? "string") : "string";
  const { minLength, maxLength } = schema as { minLength?: unknown; maxLength?: unknown };
  const padded = typeof minLength === "number" ? value.padEnd(Math.min(minLength, 1000), "x") : value;
  return typeof maxLength === "number" ? padded.slice(0, maxLength) : padded;
}

const asNumber = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** A number inside the schema's bounds, as near to `wish` as they allow. */
function number(schema: Json, wish: number): number {
  const step = asNumber(schema["multipleOf"]) ?? (typeOf(schema) === "integer" ? 1 : 0.5);
  const above = asNumber(schema["exclusiveMinimum"]);
  const below = asNumber(schema["exclusiveMaximum"]);
  const low = asNumber(schema["minimum"]) ?? (above === null ? null : above + step);
  const high = asNumber(schema["maximum"]) ?? (below === null ? null : below - step);
  const fitting = Math.max(low ?? -Infinity, Math.min(high ?? Infinity, wish));
  if (schema["multipleOf"] === undefined) return fitting;
  return Math.ceil(fitting / step) * step;
}

/** An example value for a schema: its own examples and defaults first, else one made from its type, format and bounds. */
export function exampleOf(schema: unknown, document: Json): unknown {
  return new Maker(document).make(schema, 0);
}
