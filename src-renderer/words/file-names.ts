/** Names for downloads. */

import type { CreationView } from '#shared/host/views.ts'

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'audio/wav': 'wav',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg',
  'audio/opus': 'opus',
  'audio/flac': 'flac',
  'audio/aac': 'aac',
}

/** `a-red-boat-3f2a.png`: the first words of the prompt and a piece of the id. */
export function downloadName({ prompt, id, mediaType }: CreationView): string {
  const words = prompt
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '')
  const extension = EXTENSIONS[mediaType] ?? mediaType.split('/')[1] ?? 'bin'
  return `${words || 'creation'}-${id.slice(0, 4)}.${extension}`
}
