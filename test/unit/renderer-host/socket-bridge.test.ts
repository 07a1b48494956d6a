import { describe, expect, it } from 'vitest'
import {
  CONNECT_TIMEOUT_MS,
  createSocketBridge,
  LONGEST_RETRY_MS,
  retryDelayMs,
} from '../../../src-renderer/host/socket-bridge.ts'
import type { Socket, SocketListener } from '../../../src-renderer/host/socket-bridge.ts'

interface FakeSocket extends Socket, SocketListener {
  readonly sent: { id: number; call: string; input: unknown }[]
  closed: boolean
}

function setUp() {
  const sockets: FakeSocket[] = []
  let timers: { run: () => void; delayMs: number }[] = []
  const bridge = createSocketBridge({
    openSocket: (listener) => {
      const socket: FakeSocket = {
        ...listener,
        sent: [],
        closed: false,
        send: (text) => socket.sent.push(JSON.parse(text) as FakeSocket['sent'][0]),
        close: () => {
          socket.closed = true
        },
      }
      sockets.push(socket)
      return socket
    },
    random: () => 0,
    setTimer: (run, delayMs) => {
      const timer = { run, delayMs }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
  })
  const connections: boolean[] = []
  bridge.onConnection((connected) => connections.push(connected))
  return {
    bridge,
    sockets,
    connections,
    delays: () => timers.map((timer) => timer.delayMs),
    runTimer: () => {
      const [timer] = timers
      timers = timers.slice(1)
      timer!.run()
    },
    answer: (socket: FakeSocket, id: number, data: unknown) =>
      socket.onMessage(JSON.stringify({ id, result: { ok: true, data } })),
  }
}

describe('the socket bridge', () => {
  it('sends a call made before the connection opened, and matches answers by id', async () => {
    const { bridge, sockets, answer, connections } = setUp()
    const first = bridge.call('balance.read', {})
    const second = bridge.call('threads.list', {})
    sockets[0]!.onOpen()
    expect(sockets[0]!.sent).toEqual([
      { id: 1, call: 'balance.read', input: {} },
      { id: 2, call: 'threads.list', input: {} },
    ])
    answer(sockets[0]!, 2, ['threads'])
    answer(sockets[0]!, 1, 'balance')
    expect(await first).toEqual({ ok: true, data: 'balance' })
    expect(await second).toEqual({ ok: true, data: ['threads'] })
    expect(connections).toEqual([])
  })

  it('answers host_unreachable to calls under way when the connection is lost, and sends them no more', async () => {
    const { bridge, sockets, connections, runTimer } = setUp()
    sockets[0]!.onOpen()
    const call = bridge.call('balance.read', {})
    sockets[0]!.onClose()
    expect(await call).toMatchObject({ ok: false, error: { code: 'host_unreachable' } })
    expect(connections).toEqual([false])
    runTimer()
    sockets[1]!.onOpen()
    expect(sockets[1]!.sent).toEqual([])
    expect(connections).toEqual([false, true])
  })

  it('tries again with growing delays, and from the shortest after it was connected', () => {
    const { sockets, delays, runTimer } = setUp()
    const seen: number[] = []
    for (let index = 0; index < 7; index += 1) {
      sockets.at(-1)!.onClose()
      seen.push(delays()[0]!)
      runTimer()
    }
    expect(seen).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000])
    sockets.at(-1)!.onOpen()
    sockets.at(-1)!.onClose()
    expect(delays()).toEqual([250])
  })

  it('tells the loss once, however many tries fail', () => {
    const { sockets, connections, runTimer } = setUp()
    sockets.at(-1)!.onClose()
    runTimer()
    sockets.at(-1)!.onClose()
    expect(connections).toEqual([false])
  })

  it('a call while waiting to retry tries at once and is answered either way', async () => {
    const { bridge, sockets, delays } = setUp()
    sockets[0]!.onClose()
    const call = bridge.call('balance.read', {})
    expect(sockets).toHaveLength(2)
    expect(delays()).toEqual([CONNECT_TIMEOUT_MS])
    sockets[1]!.onClose()
    expect(await call).toMatchObject({ ok: false, error: { code: 'host_unreachable' } })
  })

  it('gives up a connection that never opens, and hears no more of it', async () => {
    const { bridge, sockets, runTimer, answer } = setUp()
    const events: unknown[] = []
    bridge.onEvent((event) => events.push(event))
    const call = bridge.call('balance.read', {})
    runTimer()
    expect(sockets[0]!.closed).toBe(true)
    expect(await call).toMatchObject({ ok: false, error: { code: 'host_unreachable' } })
    sockets[0]!.onOpen()
    sockets[0]!.onMessage(JSON.stringify({ event: { type: 'threads' } }))
    answer(sockets[0]!, 1, 'late')
    expect(sockets[0]!.sent).toEqual([])
    expect(events).toEqual([])
  })

  it('hands events to every listener until it unsubscribes', () => {
    const { bridge, sockets } = setUp()
    const first: unknown[] = []
    const second: unknown[] = []
    const stop = bridge.onEvent((event) => first.push(event))
    bridge.onEvent((event) => second.push(event))
    sockets[0]!.onOpen()
    sockets[0]!.onMessage('{"event":{"type":"threads"}}')
    stop()
    sockets[0]!.onMessage('{"event":{"type":"library"}}')
    expect(first).toEqual([{ type: 'threads' }])
    expect(second).toEqual([{ type: 'threads' }, { type: 'library' }])
  })

  it.each(['not json', 'null', '7', '{}', '[]', new ArrayBuffer(2)])(
    'ignores a frame that is none: %s',
    (data) => {
      const { bridge, sockets } = setUp()
      const events: unknown[] = []
      bridge.onEvent((event) => events.push(event))
      sockets[0]!.onOpen()
      sockets[0]!.onMessage(data)
      expect(events).toEqual([])
    },
  )
})

describe('the retry delay', () => {
  it('is between half of its step and the whole of it', () => {
    expect(retryDelayMs(1, 0)).toBe(250)
    expect(retryDelayMs(1, 0.999)).toBe(125)
    expect(retryDelayMs(1_000, 0)).toBe(LONGEST_RETRY_MS)
  })
})
