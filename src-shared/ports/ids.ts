export interface Ids {
  /** A new UUID; later ones sort after earlier ones. */
  next(): string
}
