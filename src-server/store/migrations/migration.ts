export interface Migration {
  /**
   * One statement each, understood by both engines once INTEGER, TEXT and BLOB are put in the
   * engine's words. Every table has a primary key that begins with the account, where it has one, so
   * that a store can be partitioned by it.
   */
  readonly statements: readonly string[]
  /** Run before them, on one engine only. */
  readonly sqlite?: readonly string[]
  readonly postgres?: readonly string[]
}
