/** The oracles of every step, asked of a world of rules. */

import { checkClaims, checkFold, checkMachine, checkPool, demand } from './oracles.ts'
import type { Computer } from './rules-computers.ts'
import type { RulesWorld } from './rules-world.ts'

/** `whole` also looks at everything from the start. */
export function createRulesCheck({
  server,
  talk,
  computers,
  view,
}: Pick<RulesWorld, 'server' | 'talk' | 'computers' | 'view'>): (whole: boolean) => void {
  let brought = 0
  let counted = 0

  /** What machines had spent before they came, also of one that never heard that it had. */
  function countBrought(): void {
    const journal = server.journal()
    for (const { facts, postings } of journal.slice(counted)) {
      if (facts.kind !== 'adopt') continue
      for (const { bucket, amount } of postings) if (bucket === 'spent') brought += amount
    }
    counted = journal.length
  }

  /** Every charge its user was told of is on its disk, once. */
  function checkCharges({ machine, charged }: Computer): void {
    const ends = new Map<string, number>()
    for (const { facts } of machine.disk.entries) {
      if (facts.kind !== 'settle' && facts.kind !== 'void') continue
      ends.set(facts.operationId, (ends.get(facts.operationId) ?? 0) + 1)
    }
    for (const id of charged) {
      demand(ends.get(id) === 1, () => `${machine.name} has ended ${id} ${ends.get(id) ?? 0} times`)
    }
  }

  return (whole) => {
    countBrought()
    checkPool(server.pool(), server.balances(), talk.accounted() + brought)
    for (const computer of computers) {
      const { machine, standing } = computer
      const shown = view(computer)
      checkMachine(shown)
      if (standing !== 'copied') checkClaims(server.pool(), shown)
      if (whole) checkFold(machine.name, machine.disk.entries, machine.disk.books.balances)
      if (whole) checkCharges(computer)
    }
    if (whole) checkFold('The authority', server.journal(), server.balances())
  }
}

/** What happened to the account, by its journal. */
export function countKinds(
  { server }: Pick<RulesWorld, 'server'>,
  note: (what: string) => void,
): void {
  for (const { facts } of server.journal()) {
    note(facts.kind)
    if (facts.kind === 'report' && facts.surfaced > 0) note('surfaced')
    if (facts.kind === 'report' && facts.debt > 0) note('debt')
    if (facts.kind === 'report' && facts.fork) note('fork')
    if (facts.kind === 'grant' && facts.grant.id.includes(':advance:')) note('advance')
  }
}
