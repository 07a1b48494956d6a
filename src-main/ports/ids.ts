import { v7 } from 'uuid'
import type { Ids } from '#shared/ports/ids.ts'

export const systemIds: Ids = { next: () => v7() }
