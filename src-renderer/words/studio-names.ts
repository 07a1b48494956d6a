import type { Studio } from '#shared/credits/journal.ts'

export const STUDIO_NAMES: Readonly<Record<Studio, string>> = {
  chat: 'Chat',
  image: 'Image',
  voice: 'Voice',
}
