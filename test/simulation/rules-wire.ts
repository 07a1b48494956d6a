/** What machines and servers of a world of rules say to each other, and what machines make of it. */

import type { Process } from './authority.ts'
import type { Chance } from './chance.ts'
import type { ToMachine, ToServer } from './messages.ts'
import type { Network } from './network.ts'
import { demand } from './oracles.ts'
import { headOfDisk } from './rules-machine.ts'
import type { Computer } from './rules-computers.ts'
import type { RulesWorld } from './rules-world.ts'
import type { Surviving } from './insisting.ts'

export interface WireInside extends Pick<
  RulesWorld,
  'server' | 'talk' | 'computers' | 'view' | 'now'
> {
  readonly network: Network
  chance(): Chance
  readonly surviving: Surviving
  note(what: string): void
  /** A run of the computer ends. */
  end(computer: Computer, runId: string, share: number | null): void
  goHome(computer: Computer): void
  /** It gets an identity of its own, by a process from the wished one on. */
  enrolOn(computer: Computer, wished: number): Promise<void>
}

/** How a computer sends to a process. */
export function createRulesWire(
  inside: WireInside,
): (from: Computer, process: Process, message: ToServer) => void {
  const { server, talk, computers, network, surviving, view, note, end, goHome, enrolOn } = inside

  function toServer(from: Computer, process: Process, message: ToServer): void {
    const { deviceId } = from.machine.disk
    network.send(from.link, inside.chance(), inside.now(), async () => {
      await surviving(() =>
        talk.handle(process, deviceId, message, (to, answer) => {
          // What is not for the asking machine reaches one of those that bear its name.
          const bearers = computers.filter(({ machine }) => machine.disk.deviceId === to)
          const receiver = to === deviceId ? from : bearers[0]
          if (receiver?.machine.disk.deviceId === to) toMachine(receiver, process, answer)
        }),
      )
    })
  }

  function toMachine(to: Computer, process: Process, message: ToMachine): void {
    const { deviceId } = to.machine.disk
    network.send(to.link, inside.chance(), inside.now(), async () => {
      if (!to.machine.isUp || to.machine.disk.deviceId !== deviceId || to.standing === 'dead')
        return
      await surviving(() => hear(to, process, message))
    })
  }

  async function hear(computer: Computer, process: Process, message: ToMachine): Promise<void> {
    const { machine } = computer
    if (computer.standing === 'home') return
    switch (message.type) {
      case 'entries':
        machine.read(message.after, message.to, message.entries, message.time)
        return
      case 'lease': {
        machine.hear(message.statement.issuedAt)
        const isOurs = view(computer).unreported !== null && computer.standing !== 'copied'
        const wrong = machine.takeUp(message.statement)
        demand(wrong === null || !isOurs, () => `${machine.name} refuses its lease: ${wrong}`)
        return
      }
      case 'wanted': {
        const { sequence, hash } = message.after
        const { records } = machine.disk
        const isOurs = sequence === 0 || records[sequence - 1]?.hash === hash
        const from = isOurs ? sequence : 0
        const previous = from === 0 ? '' : hash
        toServer(computer, process, { type: 'records', previous, records: records.slice(from) })
        return
      }
      case 'recall':
        if (computer.standing === 'in') machine.recall(message)
        return
      case 'acknowledged':
        return
      case 'standing':
        await hearStanding(computer, message)
    }
  }

  async function hearStanding(
    computer: Computer,
    { standing, head }: Extract<ToMachine, { type: 'standing' }>,
  ): Promise<void> {
    const { machine } = computer
    if (standing === 'left') {
      const { version = 0 } = machine.disk.lease ?? {}
      const last = server.pool().devices.get(machine.disk.deviceId)
      if (version === last?.version) goHome(computer)
      return
    }
    if (standing !== 'copied') {
      computer.standing = 'out'
      return
    }
    // An answer that comes late is about what it was.
    if (headOfDisk(machine.disk).hash !== head.hash) return
    computer.standing = 'copied'
    for (const run of machine.disk.runs) end(computer, run.id, 50)
    // All that it wrote is there: it goes on as a machine of its own.
    if (headOfDisk(machine.disk).hash === head.hash && machine.disk.runs.length === 0) {
      note('re-enrolled')
      await enrolOn(computer, 0)
    }
  }

  return toServer
}
