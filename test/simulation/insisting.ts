/** How worlds go on where a process or a machine may die of what is done. */

import type { Pool } from '#shared/lease/pool.ts'
import type { Result } from '#shared/result.ts'
import { Died } from './authority.ts'
import { type Command, commandOf, type CommandStep, type Paid } from './commands.ts'

/** Does something that a process or a machine may die of; whether it lived. */
export type Surviving = (what: () => void | Promise<void>) => Promise<boolean>

export function createSurviving(died: () => void): Surviving {
  return async (what) => {
    try {
      await what()
      return true
    } catch (error) {
      if (!(error instanceof Died)) throw error
      died()
      return false
    }
  }
}

export interface InsistingDeps<Process> {
  readonly server: {
    has(entryId: string): boolean
    pool(): Pool
    write(process: Process, rule: Command['rule']): Promise<Result<unknown>>
  }
  /** A process that is up, from the wished one on; null when all are down. */
  readonly processFrom: (wished: number) => Process | null
  readonly surviving: Surviving
  readonly paid: Paid[]
  readonly nextId: (kind: string) => string
}

export function createInsisting<Process>(deps: InsistingDeps<Process>) {
  const { server, processFrom, surviving, paid, nextId } = deps

  /** Asks until it is known to be done, as people and their clients do. */
  async function insist(command: Command): Promise<boolean> {
    for (let tries = 0; tries < 4; tries++) {
      const process = processFrom(tries)
      if (!process) return false
      if (command.isDone(server.has, server.pool().account.account?.id ?? '')) return true
      let isDone = false
      const lived = await surviving(async () => {
        isDone = (await server.write(process, command.rule)).ok
      })
      if (lived) return isDone
    }
    return false
  }

  /** What a step says people do. */
  async function command(step: CommandStep): Promise<void> {
    const one = commandOf(step, nextId(step.kind), paid)
    if (!one) return
    if ((await insist(one)) && step.kind === 'refund') paid.splice(step.which % paid.length, 1)
  }

  return { insist, command }
}
