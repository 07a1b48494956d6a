/** How the options of a studio are called. */

import type { ImageShape, ReplyLength } from '#shared/studios/settings.ts'

export const LENGTH_NAMES: Readonly<Record<ReplyLength, string>> = {
  short: 'Short reply',
  medium: 'Medium reply',
  long: 'Long reply',
}

export const SHAPE_NAMES: Readonly<Record<ImageShape, string>> = {
  square: 'Square',
  portrait: 'Portrait',
  landscape: 'Landscape',
}
