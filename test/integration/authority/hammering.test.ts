import { spawn } from 'node:child_process'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Result } from '#shared/result.ts'
import {
  type AuthorityProcess,
  createSpender,
  makeAccount,
  publishDefault,
  START,
  startProcess,
  TEST_KEY,
} from '../../support/authority-world.ts'
import { onEachEngine } from '../../support/stores.ts'

const DEVICES = ['one', 'two', 'three', 'four']
const TOTAL = 500_000 + 7_777

onEachEngine((place) => {
  const opened: AuthorityProcess[] = []

  async function start(): Promise<AuthorityProcess> {
    const process = await startProcess(place.url, () => START)
    opened.push(process)
    return process
  }

  beforeEach(async () => {
    await place.fresh()
    const first = await start()
    await publishDefault(first)
    await makeAccount(first, 'account', DEVICES, 7_777)
  })
  afterEach(async () => {
    for (const process of opened.splice(0)) await process.close()
  })

  /** All of it was leased and spent once, and the books say so. */
  async function expectAllSpentOnce(spent: number): Promise<void> {
    const { authority, database } = await start()
    const { pool } = await authority.read(database.query, 'account')
    expect({ spent, ...pool }).toEqual({ spent: TOTAL, available: 0, leased: 0, debt: 0 })
    expect((await authority.verify(database.query, 'account')).problems).toEqual([])
  }

  it('never leases more than there is, whichever process is asked', async () => {
    const processes = [await start(), await start()]
    const spent = await Promise.all(
      DEVICES.map(async (deviceId) => {
        let total = 0
        const [first] = processes
        const spender = first && createSpender(first, 'account', deviceId)
        for (let round = 0; spender && round < 200; round++) {
          const process = processes[round % 2]
          const answer = await process?.lease('account', deviceId, 20_000)
          const lease = answer?.ok ? answer.data.lease : null
          const amount = lease ? Math.min(9_001, spender.spendable(lease)) : 0
          if (!lease || amount === 0) return total
          expectOk(await spender.spend(lease, amount))
          total += amount
        }
        return total
      }),
    )
    await expectAllSpentOnce(spent.reduce((sum, one) => sum + one, 0))
  })

  it('holds with two processes of the operating system, one killed and started again', async () => {
    const run = (devices: string, kill: boolean) => runSpender(place.url, devices, kill)
    await Promise.all([run('one,two', false), run('three,four', true)])
    // Whoever was killed tells again what it spent, and then goes on.
    await run('three,four', false)
    await expectAllSpentOnce(TOTAL)
  })
})

function expectOk(result: Result<unknown>): void {
  expect(result).toMatchObject({ ok: true })
}

/** Runs the program until it has spent all it gets; or kills it in the middle. */
function runSpender(url: string, devices: string, kill: boolean): Promise<void> {
  const program = new URL('programs/spender.ts', import.meta.url).pathname
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, url, 'account', devices], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TEST_KEY },
    })
    child.stdout.once('data', () => {
      if (kill) setTimeout(() => child.kill('SIGKILL'), 150)
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      if (code === 0 || kill) resolve()
      else reject(new Error(`The spender ended with ${code}`))
    })
  })
}
