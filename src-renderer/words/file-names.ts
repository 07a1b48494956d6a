/** Names for downloads. */

import type { CreationView } from '#shared/host/views.ts'
import { MEDIA_EXTENSIONS } from '#shared/studios/media-types.ts'

/** `a-red-boat-3f2a.png`: the first words of the prompt and a piece of the id. */
export function downloadName({ prompt, id, mediaType }: CreationView): string {
  const words = prompt
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '')
  const extension = MEDIA_EXTENSIONS[mediaType] ?? mediaType.split('/')[1] ?? 'bin'
  return `${words || 'creation'}-${id.slice(0, 4)}.${extension}`
}
