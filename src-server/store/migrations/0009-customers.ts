import type { Migration } from './migration.ts'

/** Whose a processor's customer is. */
export const customers: Migration = {
  statements: ['CREATE INDEX payer_by_customer ON payer (customer)'],
}
