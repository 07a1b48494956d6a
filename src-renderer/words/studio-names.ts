import type { Studio } from '#shared/credits/studios.ts'

export const STUDIO_NAMES: Readonly<Record<Studio, string>> = {
  chat: 'Chat',
  image: 'Image',
  voice: 'Voice',
}
