/** Every migration, in the order in which they are applied; its place is its number. */

import { accounts } from './0001-accounts.ts'
import { teams } from './0002-teams.ts'
import { payments } from './0003-payments.ts'
import { authority } from './0004-authority.ts'
import { records } from './0005-records.ts'
import { watchedAccounts } from './0006-watched-accounts.ts'
import { calledBack } from './0007-called-back.ts'
import { names } from './0008-names.ts'
import { customers } from './0009-customers.ts'
import type { Migration } from './migration.ts'

export const MIGRATIONS: readonly Migration[] = [
  accounts,
  teams,
  payments,
  authority,
  records,
  watchedAccounts,
  calledBack,
  names,
  customers,
]
