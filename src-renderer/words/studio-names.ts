import type { Studio } from '#shared/journal/journal.ts'

export const STUDIO_NAMES: Readonly<Record<Studio, string>> = {
  chat: 'Chat',
  image: 'Image',
  voice: 'Voice',
}
