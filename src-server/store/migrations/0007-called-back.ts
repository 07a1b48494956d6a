import type { Migration } from './migration.ts'

/** Purchases that wait for machines or runs to give back credits. */
export const calledBack: Migration = {
  statements: [
    'ALTER TABLE purchase ADD COLUMN called_back INTEGER NOT NULL DEFAULT 0',
    // Whether they still wait is seen when they are looked at.
    `UPDATE purchase SET called_back = 1 WHERE body LIKE '%"closes":true%'`,
    'CREATE INDEX purchase_called_back ON purchase (account_id, id) WHERE called_back = 1',
  ],
}
