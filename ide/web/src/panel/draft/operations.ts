import type { Route } from "@/api/types";
import { type Draft, type DraftBody, emptyBody, emptyDraft, makePart, makeRow, type Row } from "./model";
import { pathParams, plainTemplate, queryText } from "./path";
import { exampleOf, isObject, type Json, resolve } from "./schemaExample";

/** Something that the running app answers, to be suggested and filled in. */
export interface Operation {
  method: string;
  path: string;
  /** What it is for, in the words of the app's own document. */
  summary: string | null;
  documented: boolean;
}

/** The app's own OpenAPI document, or an empty one. */
export type Document = Json | null;

const VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"];
const order = (method: string): number => (VERBS.includes(method) ? VERBS.indexOf(method) : VERBS.length);

function pathItem(document: Document, path: string): Json | null {
  if (document === null || !isObject(document["paths"])) return null;
  for (const [template, item] of Object.entries(document["paths"])) {
    if (plainTemplate(template) === plainTemplate(path)) return resolve(document, item);
  }
  return null;
}

function operationOf(document: Document, method: string, path: string): Json | null {
  const operation = pathItem(document, path)?.[method.toLowerCase()];
  return isObject(operation) ? operation : null;
}

/** What can be asked of the app: its routes, and what only its document names. Documented ones come first. */
export function operationsOf(routes: readonly Route[], document: Document): Operation[] {
  const found = new Map<string, Operation>();
  const add = (method: string, path: string): void => {
    const key = `${method} ${plainTemplate(path)}`;
    if (found.has(key)) return;
    const operation = operationOf(document, method, path);
    const summary = operation?.["summary"];
    found.set(key, { method, path, summary: typeof summary === "string" ? summary : null, documented: operation !== null });
  };
  for (const route of routes) if (route.kind === "http") for (const method of methodsOf(route)) add(method, route.path);
  for (const [path, item] of Object.entries(isObject(document?.["paths"]) ? document["paths"] : {})) {
    for (const method of VERBS) if (isObject(item) && isObject(item[method.toLowerCase()])) add(method, path);
  }
  return [...found.values()].sort((a, b) => Number(b.documented) - Number(a.documented));
}

/** The methods of a route that people send: HEAD and OPTIONS come with every GET, and stand only where they are alone. */
export function methodsOf(route: Route): string[] {
  const meant = route.methods.filter((method) => method !== "HEAD" && method !== "OPTIONS");
  const methods = meant.length > 0 ? meant : route.methods.length > 0 ? route.methods : ["GET"];
  return [...methods].sort((a, b) => order(a) - order(b));
}

interface Parameter {
  name: string;
  in: string;
  required: boolean;
  value: string;
  hasExample: boolean;
}

function parametersOf(document: Json, method: string, path: string): Parameter[] {
  const lists = [pathItem(document, path)?.["parameters"], operationOf(document, method, path)?.["parameters"]];
  const byKey = new Map<string, Parameter>();
  for (const given of lists.flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))) {
    const parameter = resolve(document, given);
    if (typeof parameter?.["name"] !== "string" || typeof parameter["in"] !== "string") continue;
    const { name, in: where } = parameter as { name: string; in: string };
    byKey.set(`${where} ${name}`, { name, in: where, required: parameter["required"] === true, ...parameterValue(parameter, document) });
  }
  return [...byKey.values()];
}

function parameterValue(parameter: Json, document: Json): { value: string; hasExample: boolean } {
  const own = parameter["example"] ?? firstExample(parameter["examples"], document);
  const schema = resolve(document, parameter["schema"]);
  const value = own ?? exampleOf(parameter["schema"], document);
  const isPlaceholder = own === undefined && value === "string" && schema?.["default"] === undefined;
  if (value === null || isPlaceholder) return { value: "", hasExample: false };
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return { value: text, hasExample: own !== undefined };
}

function firstExample(examples: unknown, document: Json): unknown {
  if (!isObject(examples)) return undefined;
  return resolve(document, Object.values(examples)[0])?.["value"];
}

const MEDIA = ["application/json", "multipart/form-data", "application/x-www-form-urlencoded", "text/plain"];

function bodyContent(document: Json, method: string, path: string): { type: string; media: Json } | null {
  const content = resolve(document, operationOf(document, method, path)?.["requestBody"])?.["content"];
  if (!isObject(content)) return null;
  const types = Object.keys(content);
  const type = MEDIA.find((known) => types.includes(known)) ?? types.find((one) => one.endsWith("+json")) ?? types[0];
  const media = type === undefined ? null : resolve(document, content[type]);
  return type === undefined || media === null ? null : { type, media };
}

const asText = (value: unknown): string => (typeof value === "string" ? value : value === null || value === undefined ? "" : JSON.stringify(value));

function documentedBody(document: Json, method: string, path: string): DraftBody | null {
  const content = bodyContent(document, method, path);
  if (content === null) return null;
  const { type, media } = content;
  const value = media["example"] ?? firstExample(media["examples"], document) ?? exampleOf(media["schema"], document);
  if (type.endsWith("json")) return { ...emptyBody(), mode: "json", json: JSON.stringify(value, null, 2) };
  const fields = Object.entries(isObject(value) ? value : {});
  if (type === "application/x-www-form-urlencoded") {
    return { ...emptyBody(), mode: "form", form: fields.map(([name, field]) => makeRow(name, asText(field))) };
  }
  if (type === "multipart/form-data") {
    return { ...emptyBody(), mode: "multipart", parts: fields.map(([name, field]) => partOf(document, media, name, field)) };
  }
  return { ...emptyBody(), mode: "text", text: asText(value), textType: type };
}

function isFileSchema(document: Json, given: unknown): boolean {
  const schema = resolve(document, given);
  if (schema === null) return false;
  if (schema["format"] === "binary" || typeof schema["contentMediaType"] === "string") return true;
  const inner = [schema["items"], ...(Array.isArray(schema["anyOf"]) ? (schema["anyOf"] as unknown[]) : [])];
  return inner.some((one) => isObject(one) && isFileSchema(document, one));
}

function partOf(document: Json, media: Json, name: string, value: unknown) {
  const properties = resolve(document, media["schema"])?.["properties"];
  const isFile = isObject(properties) && isFileSchema(document, properties[name]);
  return makePart(name, isFile ? "" : asText(value), isFile);
}

const WRITES = new Set(["POST", "PUT", "PATCH"]);

/** A request that an operation would take: parameters with examples, a body made from the schema. */
export function draftFor(method: string, path: string, document: Document): Draft {
  const parameters = document === null ? [] : parametersOf(document, method, path);
  const rows = (where: string): Row[] =>
    parameters.filter((one) => one.in === where).map((one) => makeRow(one.name, one.value, one.required || one.hasExample));
  const query = rows("query");
  const isUndocumented = operationOf(document, method, path) === null;
  const fallback: DraftBody = isUndocumented && WRITES.has(method) ? { ...emptyBody(), mode: "json", json: "{}" } : emptyBody();
  return {
    ...emptyDraft(),
    method,
    path: path + queryText(query),
    params: Object.fromEntries(pathParams(path).map((name) => [name, paramValue(parameters, path, name)])),
    query,
    headers: rows("header"),
    body: (document === null ? null : documentedBody(document, method, path)) ?? fallback,
  };
}

/** A number where the name or the converter says that it is one; else nothing, so that nobody sends a made-up name. */
function paramValue(parameters: readonly Parameter[], path: string, name: string): string {
  const documented = parameters.find((one) => one.in === "path" && one.name === name);
  if (documented !== undefined) return documented.value;
  return path.includes(`{${name}:int}`) || /(^|_)id$/i.test(name) ? "1" : "";
}
