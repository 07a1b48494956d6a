/** A process of the server as payments know it: it dies with its way to the store, at any write. */

import type { Database } from '../../../src-server/store/database.ts'
import { openPayments, type Payments } from '../../../src-server/payments/payments.ts'
import type { PaymentIssuer, PaymentPorts } from '../../../src-server/payments/ports.ts'
import { unwrap } from '../../support/ledger.ts'
import { Died } from '../authority.ts'

export interface Process {
  payments: Payments | null
  /** Its way to the store. */
  database: Database | null
  /** Dies at its next write: before it is there, or after. */
  dying: 'before' | 'after' | null
}

export const newProcess = (): Process => ({ payments: null, database: null, dying: null })

export interface Ground extends Omit<PaymentPorts, 'database' | 'issuer'> {
  readonly shared: Database
  issuer(database: Database): PaymentIssuer
  died(when: 'before' | 'after'): void
}

/** Starts it anew; what is left of the one before reaches nothing any more. */
export async function start(process: Process, ground: Ground): Promise<void> {
  const { shared, issuer, died, ...ports } = ground
  const database = mortal(shared, process, died)
  const payments = unwrap(await openPayments({ ...ports, database, issuer: issuer(database) }))
  Object.assign(process, { database, payments, dying: null })
}

export function stop(process: Process): void {
  Object.assign(process, { database: null, payments: null, dying: null })
}

function mortal(shared: Database, process: Process, died: Ground['died']): Database {
  let isBegun = false
  const database: Database = {
    ...shared,
    async query(sql, ...values) {
      alive()
      return shared.query(sql, ...values)
    },
    async transaction(work) {
      alive()
      const done = await shared.transaction(async (transaction) => {
        const result = await work(transaction)
        if (process.dying === 'before') die('before')
        return result
      })
      if (process.dying === 'after') die('after')
      return done
    },
  }

  /** While it starts it is not yet the process's. */
  function alive(): void {
    isBegun ||= process.database === database
    if (isBegun && process.database !== database) throw new Died()
  }

  function die(when: 'before' | 'after'): never {
    stop(process)
    died(when)
    throw new Died()
  }
  return database
}
