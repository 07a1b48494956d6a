import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { endEntryId, holdEntryId } from '#shared/journal/entries.ts'
import { openReader } from '../../../src-main/ledger/database.ts'
import { openLedger } from '../../../src-main/ledger/open.ts'
import {
  codeOf,
  grantDraft,
  ledgerPorts,
  openTestLedger,
  temporaryFolder,
  testClock,
  unwrap,
} from '../../support/ledger.ts'

const PROGRAM = join(import.meta.dirname, 'programs/spend.ts')
const ROUNDS = 8

describe('a ledger whose process is killed', () => {
  let folder = temporaryFolder()
  let child: ChildProcess | null = null

  beforeEach(async () => {
    folder = temporaryFolder()
    const ledger = openTestLedger(folder.path)
    unwrap(ledger.append([grantDraft('plan', 900_000)]))
    await ledger.close()
  })
  afterEach(async () => {
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    folder.remove()
  })

  /** Starts the spending process and gathers what it acknowledges, at least `least` lines of it. */
  async function spend(round: number, least: number) {
    const said: string[] = []
    const started = spawn(process.execPath, [PROGRAM, folder.path, String(round)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child = started
    let rest = ''
    started.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      said.push(...lines)
    })
    while (said.length < least) {
      if (started.exitCode !== null) throw new Error('The spending process ended')
      await setTimeout(5)
    }
    return { said, process: started }
  }

  it('has every entry it acknowledged, and no hold is lost or stranded', async () => {
    const acknowledged: string[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const { said, process } = await spend(round, 10 + ((round * 7) % 30))
      process.kill('SIGKILL')
      await once(process, 'close')
      acknowledged.push(...said)
    }
    const ledger = openTestLedger(folder.path, testClock())
    const open = new Set(ledger.openHolds().map(({ operation }) => operation.operationId))
    const { sequence } = ledger.head()
    const written = entryIds()
    expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS * 10)
    const lost = acknowledged.filter((line) => {
      const [what, id = ''] = line.split(' ')
      if (what === 'held') return !written.has(holdEntryId(id))
      if (what === 'ended') return !written.has(endEntryId(id))
      return false
    })
    expect(lost).toEqual([])
    const unended = [...written].filter(
      (id) => id.endsWith(':hold') && !written.has(id.replace(/hold$/, 'end')),
    )
    expect(unended.map((id) => id.replace(/:hold$/, ''))).toEqual([...open])
    expect(unwrap(await ledger.history.verify())).toEqual({ entries: sequence, problems: [] })
    const { available = 0, held = 0, spent = 0 } = ledger.buckets()[0] ?? {}
    expect(available + held + spent).toBe(900_000_000)
    await ledger.close()
  })

  it('keeps a second process out while it runs, and lets it in after the kill', async () => {
    const { process } = await spend(0, 2)
    expect(codeOf(openLedger(folder.path, ledgerPorts(testClock())))).toBe('ledger_in_use')
    process.kill('SIGKILL')
    await once(process, 'close')
    const ledger = openTestLedger(folder.path)
    expect(ledger.head().sequence).toBeGreaterThan(1)
    await ledger.close()
  })

  function entryIds(): ReadonlySet<string> {
    const db = openReader(join(folder.path, 'ledger.sqlite'))
    const rows = db.prepare('SELECT id FROM entry').all()
    db.close()
    return new Set(rows.map(({ id }) => String(id)))
  }
})
