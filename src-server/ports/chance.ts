export interface Chance {
  /** Bytes that nobody can guess. */
  bytes(count: number): Uint8Array
}
