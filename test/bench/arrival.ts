/**
 * From a processor's message to the balance on another machine's screen: a real server over HTTP and
 * WebSockets in a process of its own, and the host of a machine. Whoever buys does so from elsewhere, so
 * that the work of that machine is not counted as this one's. Against a bare post and a message
 * there and back, over sockets of the same kind between the same processes.
 */

import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type RawData, WebSocket } from 'ws'
import { createTeam, type TestMachine } from '../support/server-machines.ts'
import { createTeamWorld, eventually, type TeamHost } from '../support/team-world.ts'
import { type Measurement, median, ratio } from './bench.ts'
import { startProgram } from './program.ts'
import type { Places } from './programs/team-server.ts'

const PROGRAM = fileURLToPath(new URL('programs/team-server.ts', import.meta.url))
const PURCHASES = 40
/** What a purchase sets off beside it, until it is over. */
const REST_MS = 400
const WARM_UP = 5
const SECRET = 'whsec_bench'
const ORDER = { kind: 'offer', offerId: 'pack-500', quantity: 1, promoCode: null } as const

/** Each purchase and its bare likes in turn, so that none has the quieter machine. */
export async function measureArrival(): Promise<readonly Measurement[]> {
  const world = await createTeamWorld(undefined, { packs: true })
  const child = startProgram([PROGRAM, world.serverDirectory, world.catalogFile, SECRET])
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const sockets: WebSocket[] = []
  try {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    const { server, bare } = JSON.parse(line) as Places
    const post = poster(agent)
    const owner = await createTeam(server)
    const screen = await joined(world, owner, server)
    sockets.push(await echo(bare))
    const figures = { ours: [] as number[], bare: [] as number[], kept: [] as number[] }
    for (let at = -WARM_UP; at < PURCHASES; at++) {
      const body = await begin(owner)
      await sleep(REST_MS)
      const bareTime = await timed(() => post(bare, '/', body))
      const keptTime = await timed(() => post(bare, '/kept', body))
      const ourTime = await timed(async () => {
        const seen = shows(screen, await creditsOf(screen), 500_000)
        await post(server, '/webhooks/stripe', body)
        await seen
      })
      if (at < 0) continue
      figures.ours.push(ourTime)
      figures.bare.push(bareTime)
      figures.kept.push(keptTime)
    }
    const [ours, bareTrip, kept] = [figures.ours, figures.bare, figures.kept].map(median)
    const name = 'a webhook to the balance on another machine’s screen'
    return [
      ratio(`${name}, bare sockets`, ours ?? NaN, bareTrip ?? NaN, 'ms', 5),
      ratio(`${name}, bare sockets and one durable write`, ours ?? NaN, kept ?? NaN, 'ms', 5),
    ]
  } finally {
    for (const socket of sockets) socket.terminate()
    agent.destroy()
    await world.close()
    child.kill('SIGTERM')
  }
}

/** A machine of somebody else of the team. */
async function joined(
  world: Awaited<ReturnType<typeof createTeamWorld>>,
  owner: TestMachine,
  serverUrl: string,
): Promise<TeamHost> {
  const { code } = await owner.must('invite.create', {
    ...{ inviteId: randomUUID(), for: { kind: 'person', role: 'member' } },
    ...{ days: 1, maximumUses: 1 },
  })
  const host = await world.machine()
  const who = { memberName: 'Grace', deviceName: 'Desktop' }
  await host.ask('team.join', { ...who, invite: code, serverUrl })
  await eventually(
    () => host.ask('sync.read', {}),
    ({ status, pending }) => status.state === 'synced' && pending === 0,
  )
  return host
}

const creditsOf = async (host: TeamHost) => {
  const { available, elsewhere } = await host.credits()
  return available + elsewhere
}

/** Resolves as the window is told of so many credits more. */
function shows({ host }: TeamHost, before: number, more: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = host.onEvent((event) => {
      if (event.type !== 'balance') return
      const { available, elsewhere } = event.balance
      if (available + (elsewhere?.amount ?? 0) !== before + more) return
      stop()
      resolve()
    })
  })
}

/** Begins a purchase; what Stripe says once it is paid. */
async function begin({ must, enrolment }: TestMachine): Promise<string> {
  const { accountId } = enrolment.issuer
  const purchaseId = randomUUID()
  const acceptedPrice = { amount: 2_000, currency: 'USD' }
  await must('purchase.start', { purchaseId, order: ORDER, acceptedPrice })
  const session = {
    ...{ id: 'cs_1', object: 'checkout.session', mode: 'payment', status: 'complete' },
    ...{ payment_status: 'paid', payment_intent: `pi_${purchaseId}`, currency: 'usd' },
    ...{ amount_total: 2_000, total_details: { amount_tax: 0 } },
    metadata: { account_id: accountId, purchase_id: purchaseId, via: 'checkout' },
  }
  return JSON.stringify({
    ...{ id: `evt_${purchaseId}`, object: 'event', type: 'checkout.session.completed' },
    ...{ livemode: false, created: Math.floor(Date.now() / 1_000), data: { object: session } },
  })
}

/** A socket that sends back what comes. */
async function echo(bare: string): Promise<WebSocket> {
  const socket = new WebSocket(bare.replace('http', 'ws'), { perMessageDeflate: false })
  await once(socket, 'open')
  socket.on('message', (data: RawData) => socket.send(data as Buffer))
  return socket
}

/** Posts over a connection that stays, signed as Stripe signs. */
function poster(agent: Agent) {
  return (address: string, path: string, body: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const seconds = Math.floor(Date.now() / 1_000)
      const digest = createHmac('sha256', SECRET).update(`${seconds}.${body}`).digest('hex')
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'stripe-signature': `t=${seconds},v1=${digest}`,
      }
      const sent = request(`${address}${path}`, { method: 'POST', agent, headers }, (response) => {
        response.resume().once('end', () => {
          if (response.statusCode === 200) resolve()
          else reject(new Error(`The post was answered ${response.statusCode}`))
        })
      })
      sent.once('error', reject)
      sent.end(body)
    })
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
