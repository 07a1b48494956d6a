/** What lies between machines and servers: calls and connections that get lost, late, twice, cut. */

import type { Frame } from '#shared/sync/frames.ts'
import type { Dial } from '../../../src-main/sync/ports.ts'
import type { Chance } from '../chance.ts'
import type { LinkMood } from '../steps.ts'
import type { Owner, Schedule } from './schedule.ts'
import { ADDRESS, type ServerProcess, type ServerSide } from './server.ts'

/** One machine's way to the servers. */
export interface Link {
  mood: LinkMood
  readonly fetch: typeof globalThis.fetch
  readonly dial: Dial
  /** Every connection ends. */
  cut(): void
}

export interface NetworkPorts {
  readonly schedule: Schedule
  readonly servers: ServerSide
  chance(): Chance
  /** Of the machine's process, as long as that lives. */
  owner(): Owner
  /** What a frame becomes on the way, where versions differ. */
  frame(frame: Frame, from: 'device' | 'server'): readonly Frame[]
}

export function createLink(ports: NetworkPorts): Link {
  const { schedule, servers } = ports
  const connections = new Set<() => void>()

  function delay(): number {
    const most = { good: 40, lossy: 500, doubling: 3_000, slow: 12_000, cut: 40 }[link.mood]
    return 1 + ports.chance().below(most)
  }

  const isLost = () => link.mood === 'cut' || (link.mood === 'lossy' && ports.chance().is(15))

  function after(ms: number, owner: Owner): Promise<void> {
    return new Promise((resolve) => schedule.at(ms, owner, resolve))
  }

  async function call(url: string, init: RequestInit): Promise<Response> {
    const owner = ports.owner()
    const process = servers.up(ports.chance().below(8))
    await after(delay(), owner)
    if (!process || process.owner.isDead || isLost()) throw new TypeError('There is no answer')
    const headers = (init.headers ?? {}) as Record<string, string>
    const token = headers['authorization']?.slice('Bearer '.length) ?? null
    const name = url.slice(`${ADDRESS}/v1/`.length) as never
    const body: unknown = JSON.parse(init.body as string)
    const times = link.mood === 'doubling' && ports.chance().is(30) ? 2 : 1
    const answered = await process.answer({ name, token, body })
    if (times > 1) await process.answer({ name, token, body })
    const text = JSON.stringify(answered.result)
    if (isGone(process)) throw new TypeError('The server is gone')
    await after(delay(), owner)
    if (isLost()) throw new TypeError('The answer was lost')
    return { body: pieces(text) } as unknown as Response
  }

  const dial: Dial = (token, heard) => {
    const owner = ports.owner()
    const process = servers.up(ports.chance().below(8))
    let session: ReturnType<ServerProcess['sessions']['open']> | null = null
    let isOver = false
    let hasClosed = false
    const lastAt = { device: 0, server: 0 }
    const hasEnded = () => isOver

    /** This end hears that it is over; the other too, unless nobody tells it. */
    function close(): void {
      if (hasClosed) return
      hasClosed = true
      schedule.at(1, owner, heard.closed)
    }

    function end(): void {
      if (isOver) return
      isOver = true
      connections.delete(end)
      process?.wires.delete(end)
      if (process && !process.owner.isDead) {
        // A server may notice only by the silence.
        if (ports.chance().is(80)) session?.closed()
      }
      close()
    }

    function carry(frame: Frame, from: 'device' | 'server', arrive: (frame: Frame) => void): void {
      if (isOver) return
      for (const one of ports.frame(frame, from)) {
        if (isLost()) continue
        const times = link.mood === 'doubling' ? ports.chance().between(1, 3) : 1
        for (let time = 0; time < times; time++) {
          let at = schedule.now() + delay()
          // In order, but for what is sent again and what went another way.
          if (link.mood === 'good') at = Math.max(at, lastAt[from])
          lastAt[from] = Math.max(lastAt[from], at)
          const receiver = from === 'device' ? (process?.owner ?? owner) : owner
          schedule.at(at - schedule.now(), receiver, () => {
            if (!isOver) arrive(one)
          })
        }
      }
      if (link.mood === 'lossy' && ports.chance().is(2)) end()
    }

    async function open(): Promise<void> {
      if (!process || isGone(process) || link.mood === 'cut') {
        end()
        return
      }
      const found = await process.teams.sessions.identify(token).catch(() => null)
      if (hasEnded() || !found?.ok || isGone(process)) {
        end()
        return
      }
      session = process.sessions.open(found.data, {
        send: (frame) => carry(frame, 'server', heard.frame),
        buffered: () => 0,
        // Behind what was sent before.
        close: () => void schedule.at(Math.max(2, lastAt.server - schedule.now()), owner, end),
      })
      if (!owner.isDead) heard.open()
    }

    connections.add(end)
    process?.wires.add(end)
    schedule.at(delay(), owner, () => void open())
    return {
      send: (frame) => carry(frame, 'device', (arrived) => session?.receive(arrived)),
      close: end,
    }
  }

  const link: Link = {
    mood: 'good',
    fetch: (url, init = {}) => {
      const asked = call(url as string, init)
      const { signal } = init
      if (!signal) return asked
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(new TypeError('Aborted')))
      })
      return Promise.race([asked, aborted])
    },
    dial,
    cut() {
      for (const end of [...connections]) end()
    },
  }
  return link
}

/** Asked anew each time: it may die while something is waited for. */
const isGone = ({ owner }: ServerProcess) => owner.isDead

async function* pieces(text: string): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text))
}
