/** Finds the built window's files. Shared by both doors. */

import { stat } from 'node:fs/promises'
import path from 'node:path'

export interface RendererFile {
  /** Absolute. */
  readonly path: string
  readonly mediaType: string
  readonly bytes: number
  /** Its name holds a hash of its content, so it may be kept for ever. */
  readonly immutable: boolean
}

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/** One step of a path that may be served: no dot files, nothing that means another place. */
const PLAIN_SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9_.@-]*$/

/**
 * The file a URL path names, or the window's page for a path of the app (`/usage`, `/chat/<id>`).
 * Undefined when there is none. No path leads out of `directory`.
 *
 * @param pathname as in the URL, still percent-encoded
 */
export async function findRendererFile(
  directory: string,
  pathname: string,
): Promise<RendererFile | undefined> {
  const segments = plainSegments(pathname)
  if (!segments) return undefined
  const last = segments.at(-1)
  const names = last?.includes('.') ? segments : ['index.html']
  return describeFile(path.join(directory, ...names), names[0] === 'assets')
}

/** The id in `/media/<id>`, undefined when the path is another. */
export function mediaId(pathname: string): string | undefined {
  const segments = plainSegments(pathname)
  return segments?.length === 2 && segments[0] === 'media' ? segments[1] : undefined
}

function plainSegments(pathname: string): readonly string[] | undefined {
  if (!pathname.startsWith('/') || pathname.length > 1_000) return undefined
  if (pathname === '/') return []
  const segments = pathname.slice(1).split('/')
  return segments.every((segment) => PLAIN_SEGMENT.test(segment)) ? segments : undefined
}

async function describeFile(file: string, immutable: boolean): Promise<RendererFile | undefined> {
  const mediaType = mediaTypes[path.extname(file)]
  if (!mediaType) return undefined
  try {
    const found = await stat(file)
    return found.isFile() ? { path: file, mediaType, bytes: found.size, immutable } : undefined
  } catch {
    return undefined
  }
}
