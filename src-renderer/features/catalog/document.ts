/** A catalog while it is edited: plain JSON, changed at a path without touching what is elsewhere. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json
}
export type Path = readonly (string | number)[]

/** As problems name places: `plans[0].price.amount`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? step : `${text}.${step}`
  }, '')
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** What is at a path; undefined where the document has nothing there. */
export function valueAt(document: Json, path: Path): Json | undefined {
  let value: Json | undefined = document
  for (const step of path) {
    if (typeof step === 'number') value = isList(value) ? value[step] : undefined
    else value = isObject(value) ? value[step] : undefined
  }
  return value
}

/**
 * The document with `value` at `path`; undefined takes the entry away. What is missing on the way is
 * made; a path through something that is neither a list nor an object replaces it.
 */
export function withValue(document: Json | undefined, path: Path, value: Json | undefined): Json {
  const [step, ...rest] = path
  if (step === undefined) return value ?? null
  if (typeof step === 'number') {
    const list = isList(document) ? document : []
    if (rest.length === 0 && value === undefined) return list.filter((_, at) => at !== step)
    const copy = [...list]
    copy[step] = withValue(list[step], rest, value)
    return copy
  }
  const object = isObject(document) ? document : {}
  if (rest.length > 0 || value !== undefined) {
    return { ...object, [step]: withValue(object[step], rest, value) }
  }
  const { [step]: _gone, ...others } = object
  return others
}

/** What a document calls its version; empty where it says none. */
export function versionOf(document: Json): string {
  const version = isObject(document) ? document['version'] : undefined
  return typeof version === 'string' ? version : ''
}

/** The text of a document as people edit and publish it. */
export const documentText = (document: Json): string => `${JSON.stringify(document, null, 2)}\n`

/** `default-1` → `default-2`, `tooljet` → `tooljet-2`. */
export function nextVersion(version: string): string {
  const match = /^(.*?)(\d+)$/.exec(version)
  return match ? `${match[1]}${Number(match[2]) + 1}` : `${version}-2`
}
