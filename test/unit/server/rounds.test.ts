import { expect, it } from 'vitest'
import { startRounds } from '../../../src-server/ports/rounds.ts'
import { createManualTime } from '../../support/manual-time.ts'

const EVERY = 1_000

/** Rounds that take 10 ms each, and when each began. */
function open(failing = false) {
  const time = createManualTime()
  const began: number[] = []
  const failures: unknown[] = []
  const start = time.now()
  const rounds = startRounds({
    timers: time,
    everyMs: EVERY,
    firstMs: 0,
    async work() {
      began.push(time.now() - start)
      await new Promise<void>((resolve) => time.after(10, resolve))
      if (failing) throw new Error('no')
    },
    failed: (error) => failures.push(error),
  })
  return { time, rounds, began, failures }
}

it('come after a pause each, also when one failed', async () => {
  const { time, began, failures } = open(true)
  await time.advance(2_100)
  expect(began).toEqual([0, 1_010, 2_020])
  expect(failures).toHaveLength(3)
})

it('come at once when they are wanted, once however often', async () => {
  const { time, rounds, began } = open()
  await time.advance(500)
  rounds.soon()
  rounds.soon()
  await time.advance(1_000)
  expect(began).toEqual([0, 500])
})

it('that are wanted while one is under way come after it, and do not become more', async () => {
  const { time, rounds, began } = open()
  await time.advance(5)
  rounds.soon()
  rounds.soon()
  await time.advance(2_100)
  expect(began).toEqual([0, 10, 1_020, 2_030])
})

it('end when they are closed, after the one under way', async () => {
  const { time, rounds, began } = open()
  await time.advance(5)
  rounds.soon()
  let isClosed = false
  void rounds.close().then(() => (isClosed = true))
  await time.advance(1)
  expect(isClosed).toBe(false)
  await time.advance(5_000)
  expect(isClosed).toBe(true)
  expect(began).toEqual([0])
})
