/** Devices and server processes on one store, with a network between them that does what it is told. */

import { success } from '#shared/result.ts'
import type { Frame } from '#shared/sync/frames.ts'
import { OLDEST_PROTOCOL, PROTOCOL } from '#shared/sync/protocol.ts'
import { type Connection, createConnection } from '../../../src-main/sync/connection.ts'
import type { Dial } from '../../../src-main/sync/ports.ts'
import { noMetrics } from '../../../src-server/ports/metrics.ts'
import { createSessions } from '../../../src-server/sync/sessions.ts'
import { createManualTime, type ManualTime } from '../manual-time.ts'
import { silentLog } from '../silent-log.ts'
import { digest } from './chain.ts'
import { createDevice, type Disk, emptyDisk, type FakeDevice } from './device.ts'
import { ACCOUNT, createSharedStore } from './server.ts'

/** What becomes of one frame: how often it arrives, how late each time; `cut`: the connection ends. */
export type Fate = readonly number[] | 'cut'
export type Network = (frame: Frame, from: 'device' | 'server', device: string) => Fate

export const sound: Network = () => [1]

export interface Host extends FakeDevice {
  readonly connection: Connection
  readonly tickets: string[]
  teamChanges(): number
  /** The process ends; the disk stays. */
  kill(): void
}

export interface WorldOptions {
  readonly servers?: number
  readonly speaks?: Readonly<Record<string, { readonly protocol: number; readonly oldest: number }>>
  readonly serverSpeaks?: { readonly protocol: number; readonly oldest: number }
  readonly rate?: (bytes: number) => number
}

const BUILD = { protocol: PROTOCOL, oldest: OLDEST_PROTOCOL }

export type SyncWorld = ReturnType<typeof createSyncWorld>

export function createSyncWorld(options: WorldOptions = {}) {
  const time: ManualTime = createManualTime()
  const store = createSharedStore((run) => time.after(1, run))
  const refused: string[] = []
  /** What went wrong on machines, as their logs say. */
  const mistakes: string[] = []
  const frames: { readonly device: string; readonly from: string; readonly frame: Frame }[] = []
  const open = new Set<() => void>()
  let network: Network = sound
  let isUp = true
  let next = 0
  const serverPorts = {
    poolChanged: () => undefined,
    database: store.database,
    authority: store.authority,
    earnings: store.earnings,
    records: store.records,
    documents: store.documents,
    teams: store.teams,
    digest,
    rate: { take: (_device: string, bytes: number) => options.rate?.(bytes) ?? 0 },
    speaks: options.serverSpeaks ?? BUILD,
    clock: time,
    timers: time,
    log: silentLog,
    metrics: {
      ...noMetrics,
      counter: (name: string) => ({
        add: (_by?: number, labels?: Readonly<Record<string, string>>) => {
          if (name === 'sync_refused_total') refused.push(labels?.['code'] ?? '')
        },
      }),
    },
  }
  const processes = Array.from({ length: options.servers ?? 1 }, () => createSessions(serverPorts))

  /** A connection of a device to the next process, with its session opened before. */
  function dialAs(deviceId: string): Dial {
    return (_token, heard) => {
      let isOpen = true
      const end = () => {
        if (!isOpen) return
        isOpen = false
        open.delete(end)
        session?.closed()
        time.after(1, heard.closed)
      }
      const carry = (frame: Frame, from: 'device' | 'server', arrive: (frame: Frame) => void) => {
        if (!isOpen) return
        frames.push({ device: deviceId, from, frame })
        const fate = network(frame, from, deviceId)
        if (fate === 'cut') time.after(1, end)
        else {
          for (const delay of fate) {
            time.after(delay, () => {
              if (isOpen) arrive(frame)
            })
          }
        }
      }
      open.add(end)
      const server = processes[next++ % processes.length]
      const standing = store.standing(deviceId)
      const session =
        isUp && server
          ? server.open(
              { accountId: ACCOUNT, memberId: 'member', deviceId, role: 'member', standing },
              {
                send: (frame) => carry(frame, 'server', heard.frame),
                buffered: () => 0,
                close: () => time.after(2, end),
              },
            )
          : null
      time.after(1, session ? heard.open : end)
      return {
        send: (frame) => carry(frame, 'device', (arrived) => session?.receive(arrived)),
        close: end,
      }
    }
  }

  function boot(name: string, disk: Disk): Host {
    const device = createDevice(disk)
    const tickets: string[] = []
    let teamChanges = 0
    const connection = createConnection({
      records: device.records,
      authority: device.authority,
      documents: device.documents,
      digest,
      dial: (token, heard) => dialAs(disk.deviceId)(token, heard),
      session: () => Promise.resolve(success('token')),
      sessionRefused: () => undefined,
      enrolAnew(ticket) {
        tickets.push(ticket)
        const deviceId = `${name}-${ticket}`
        store.enrol(deviceId, deviceId)
        Object.assign(disk, emptyDisk(deviceId, deviceId))
        return Promise.resolve(success(null))
      },
      buyingChanged: () => undefined,
      teamChanged: () => {
        teamChanges += 1
      },
      appVersion: '1.0.0',
      speaks: options.speaks?.[name] ?? BUILD,
      clock: time,
      timers: time,
      chance: () => 0,
      log: { ...silentLog, error: (message) => mistakes.push(message) },
    })
    device.onChanged(connection.changed)
    connection.start()
    const kill = () => connection.stop()
    return { ...device, connection, tickets, teamChanges: () => teamChanges, kill }
  }

  return {
    time,
    store,
    refused,
    mistakes,
    frames,
    processes,
    dialAs,
    boot,
    /** A device that is enrolled and starts to connect. */
    device(name: string): Host {
      store.enrol(name, `key of ${name}`)
      return boot(name, emptyDisk(name, `key of ${name}`))
    },
    through(other: Network) {
      network = other
    },
    /** Cuts every connection; nobody gets through until `plugIn`. */
    unplug() {
      isUp = false
      for (const end of [...open]) end()
    },
    plugIn() {
      isUp = true
    },
    settle: (ms = 200) => time.advance(ms),
  }
}

/** Two machines of one account that are in step, and have 1,000 credits between them and the pool. */
export async function twoMachines(
  options: WorldOptions = {},
): Promise<{ readonly world: SyncWorld; readonly anna: Host; readonly ben: Host }> {
  const world = createSyncWorld(options)
  const anna = world.device('anna')
  const ben = world.device('ben')
  world.store.grant(1_000)
  await world.settle()
  return { world, anna, ben }
}
