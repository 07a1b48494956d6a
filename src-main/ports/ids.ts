import { v7 } from 'uuid'

export interface Ids {
  /** A new UUID; later ones sort after earlier ones. */
  next(): string
}

export const systemIds: Ids = { next: () => v7() }
