/** Processes what a connection asks for one at a time, in order of arrival. */

export interface WorkQueue {
  /** Work that fails ends the queue. */
  add(work: () => Promise<void>): void
  readonly waiting: number
  /** Drops what has not begun. */
  stop(): void
}

export function createWorkQueue(onFailure: (error: unknown) => void): WorkQueue {
  const waiting: (() => Promise<void>)[] = []
  let isRunning = false
  let isStopped = false

  async function run(): Promise<void> {
    isRunning = true
    for (let work = waiting.shift(); work; work = waiting.shift()) await work()
    isRunning = false
  }

  function stop(): void {
    isStopped = true
    waiting.length = 0
  }

  return {
    add(work) {
      if (isStopped) return
      waiting.push(work)
      if (isRunning) return
      run().catch((error: unknown) => {
        isRunning = false
        stop()
        onFailure(error)
      })
    },
    get waiting() {
      return waiting.length
    },
    stop,
  }
}
